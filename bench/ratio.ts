/**
 * Ratios between rows of one round, and the forms that targets take.
 * @module
 */
import type { Row } from './row.ts'

/** A ratio that counts, and its target. */
export interface Ratio {
  readonly name: string
  readonly target: string
  /** Null where this round lacks one of the sides. */
  readonly of: (round: Round) => number | null
  /** The same ratio of CPU times. */
  readonly byCpu?: (round: Round) => number | null
  readonly show: (value: number) => string
  readonly reached: (value: number) => boolean
}

/** Finds a row of a round. */
export type Round = (system: string, scenario: string) => Row | undefined

/** 0.35 as `35 %`. */
export const percent = (value: number): string => `${(value * 100).toFixed(0)} %`
/** 1.5 as `1.50 x`. */
const times = (value: number): string => `${value.toFixed(value < 2 ? 2 : 1)} x`
const ms = (value: number): string => `${value.toFixed(2)} ms`

/** A system of ours, the one it is held against, and how the latter is called. */
export interface Pair {
  readonly ours: string
  readonly theirs: string
  /** Where the name of the system does not say it. */
  readonly called?: string
}

/** Jobs a second are at least this part of the other one's. */
export function atLeast(pair: Pair, scenario: string, least: number, options: AtLeast = {}): Ratio {
  const { show = times, aim } = options
  const value = (n: number): string => (show === times ? `${n} x` : show(n))
  return {
    name: `${nameOf(pair, scenario)} against ${pair.called ?? pair.theirs}`,
    target: `at least ${value(least)}${aim === undefined ? '' : `, aim ${value(aim)}`}`,
    of: (round) =>
      divide(round(pair.ours, scenario)?.jobsPerSecond, round(pair.theirs, scenario)?.jobsPerSecond),
    byCpu: (round) => divide(allCpu(round(pair.theirs, scenario)), allCpu(round(pair.ours, scenario))),
    show,
    reached: (measured) => measured >= least,
  }
}

/** How `atLeast` is shown. */
export interface AtLeast {
  readonly show?: (value: number) => string
  /** What we would like to reach, beyond what we must. */
  readonly aim?: number
}

/** A field of ours is at most this part of the other one's. */
export function atMost(
  pair: Pair,
  scenario: string,
  field: 'p50Ms' | 'bytesPerJob',
  most: number,
  aim: number,
): Ratio {
  const what = field === 'p50Ms' ? 'p50' : 'bytes per waiting job'
  return {
    name: `${nameOf(pair, scenario)} ${what} against ${pair.called ?? pair.theirs}`,
    target: `at most ${percent(most)}, aim ${percent(aim)}`,
    of: (round) => divide(round(pair.ours, scenario)?.[field], round(pair.theirs, scenario)?.[field]),
    show: percent,
    reached: (value) => value <= most,
  }
}

/** One system's scenario against another of its scenarios: p50 at most so many times. */
export function atMostTimes(
  system: string,
  scenario: string,
  than: string,
  label = scenario,
  aim?: number,
): Ratio {
  return {
    name: `${label} against ${than}`,
    target: `at most 1.3 x${aim === undefined ? '' : `, aim ${aim} x`}`,
    of: (round) => divide(round(system, scenario)?.p50Ms, round(system, than)?.p50Ms),
    show: times,
    reached: (value) => value <= 1.3,
  }
}

/** One system's scenario against another of its scenarios: at least this part of the jobs a second. */
export function atLeastOfItself(
  system: string,
  scenario: string,
  than: string,
  least: number,
  aim: number,
): Ratio {
  return {
    name: `${system}: ${scenario} against ${than}`,
    target: `at least ${percent(least)}, aim ${percent(aim)}`,
    of: (round) => divide(round(system, scenario)?.jobsPerSecond, round(system, than)?.jobsPerSecond),
    byCpu: (round) => divide(allCpu(round(system, than)), allCpu(round(system, scenario))),
    show: percent,
    reached: (value) => value >= least,
  }
}

/** A percentile in ms stays below a bound. */
export function latencyBelow(
  system: string,
  scenario: string,
  part: 'p50Ms' | 'p99Ms',
  below: number,
  label = scenario,
): Ratio {
  return {
    name: `${label} ${part.slice(0, 3)}`,
    target: `below ${below} ms`,
    of: (round) => round(system, scenario)?.[part] ?? null,
    show: ms,
    reached: (value) => value < below,
  }
}

/** Null where a side is missing, or there is nothing to divide by. */
export function divide(a: number | null | undefined, b: number | null | undefined): number | null {
  return a === null || a === undefined || b === null || b === undefined || b === 0 ? null : a / b
}

/** `millrace` alone needs no name: a table of one store is about it. */
function nameOf({ ours }: Pair, scenario: string): string {
  return ours === 'millrace' ? scenario : `${ours}: ${scenario}`
}

/** CPU time of both sides for each job. */
function allCpu(row: Row | undefined): number | null {
  if (row === undefined || row.cpuMsPerJob === null) return null
  return row.cpuMsPerJob + (row.serverCpuMsPerJob ?? 0)
}
