/**
 * What the doctor says of one thing.
 * @module
 */

/** One line of the doctor's report. */
export interface Finding {
  /** Stable name of the check, for programs. */
  readonly check: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly summary: string
  /** What to do; null where all is well. */
  readonly advice: string | null
}

/** All is well. */
export function ok(check: string, summary: string): Finding {
  return { check, status: 'ok', summary, advice: null }
}

/** Worth knowing; jobs still run. */
export function warn(check: string, summary: string, advice: string): Finding {
  return { check, status: 'warn', summary, advice }
}

/** Has to be mended. */
export function fail(check: string, summary: string, advice: string | null): Finding {
  return { check, status: 'fail', summary, advice }
}
