/**
 * Settling: each attempt's end, fenced by its token, as the columns of one statement.
 * @module
 */
import type { ClaimRef, Outcome, Settlement } from '../../contract/index.ts'
import { writeError } from '../_sql/rows.ts'
import { numbers, sparseTexts, texts } from './array.ts'
import type { SqlValue } from './driver.ts'
import type { PostgresSession } from './session.ts'

/** The numbers of the ends other than success, as `millrace.settle` knows them. */
const KINDS = { retry: 0, fail: 1, failUncounted: 2, cancel: 3, snooze: 4, release: 5 } as const

interface Ended {
  readonly seq: number
  readonly job: ClaimRef
  readonly outcome: Outcome
}

/** Settlements made ready to be sent. */
export class SettleBatch {
  readonly #successes: Ended[] = []
  readonly #others: Ended[] = []
  /** Ids that are known to be late without asking. */
  readonly #late: string[] = []

  /** @param seqs of jobs whose reference does not say it. */
  constructor(settlements: readonly Settlement[], seqs: ReadonlyMap<string, number>) {
    const seen = new Set<string>()
    for (const { job, outcome } of settlements) {
      const seq = seqOf(job, seqs)
      // An attempt that is settled twice in one call is settled by the first.
      if (seq === undefined || seen.has(`${seq} ${job.token}`)) {
        this.#late.push(job.id)
        continue
      }
      seen.add(`${seq} ${job.token}`)
      const list = outcome.kind === 'succeed' ? this.#successes : this.#others
      list.push({ seq, job, outcome })
    }
  }

  #all(): Ended[] {
    return [...this.#successes, ...this.#others]
  }

  get params(): SqlValue[] {
    const others = this.#others
    return [
      numbers(this.#successes.map(({ seq }) => seq)),
      numbers(this.#successes.map(({ job }) => job.token)),
      texts(this.#successes.map(({ job }) => job.queue)),
      sparseTexts(this.#successes.map(({ outcome }) => (outcome.kind === 'succeed' ? outcome.result : null))),
      numbers(others.map(({ seq }) => seq)),
      numbers(others.map(({ job }) => job.token)),
      numbers(others.map(({ outcome }) => kindOf(outcome))),
      numbers(others.map(({ outcome }) => ('delayMs' in outcome ? Math.round(outcome.delayMs) : 0))),
      sparseTexts(others.map(({ outcome }) => ('error' in outcome ? writeError(outcome.error) : null))),
      sparseTexts(others.map(({ outcome }) => ('reason' in outcome ? outcome.reason : null))),
    ]
  }

  /** Ids whose settlement came too late. @param settled what the statement answered. */
  late(settled: string | null): string[] {
    if (settled === null) return this.#late
    return [...this.#late, ...missedOf(this.#all(), JSON.parse(settled) as number[])]
  }
}

function kindOf(outcome: Outcome): number {
  if (outcome.kind === 'fail') return outcome.counts ? KINDS.fail : KINDS.failUncounted
  return outcome.kind === 'succeed' ? -1 : KINDS[outcome.kind]
}

/** Looks up jobs that were claimed elsewhere, whose reference is not ours. */
export async function seqsOf(
  session: PostgresSession,
  jobs: readonly ClaimRef[],
): Promise<ReadonlyMap<string, number>> {
  const ids = jobs.filter(({ ref }) => typeof ref !== 'number').map(({ id }) => id)
  return ids.length === 0 ? new Map() : new Map(await session.json<[string, number][]>('seqs', texts(ids)))
}

/** Ids of the attempts that were not the current ones. @param found rows of jobs one of whose attempts here was. */
export function missedOf(
  attempts: readonly { readonly seq: number; readonly job: ClaimRef }[],
  found: readonly number[],
): string[] {
  const seqs = new Set(found)
  // Tokens grow, so that of two attempts of a job only the later one can have been the current one.
  const latest = new Map<number, number>()
  for (const { seq, job } of attempts) latest.set(seq, Math.max(job.token, latest.get(seq) ?? 0))
  const missed = attempts.filter(({ seq, job }) => !seqs.has(seq) || job.token !== latest.get(seq))
  return missed.map(({ job }) => job.id)
}

/** The jobs of settlements. */
export function jobsOf(settlements: readonly Settlement[]): ClaimRef[] {
  return settlements.map(({ job }) => job)
}

/** The job's row in the store; undefined where it is gone. */
export function seqOf({ id, ref }: ClaimRef, seqs: ReadonlyMap<string, number>): number | undefined {
  return typeof ref === 'number' ? ref : seqs.get(id)
}

/** Settles; answers the ids that came too late. */
export async function settle(
  session: PostgresSession,
  settlements: readonly Settlement[],
): Promise<string[]> {
  const batch = new SettleBatch(settlements, await seqsOf(session, jobsOf(settlements)))
  const { settled } = await session.one<{ settled: string | null }>('settle', ...batch.params)
  return batch.late(settled)
}
