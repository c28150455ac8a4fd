/**
 * Pruning finished jobs by age and by number, a small transaction at a time.
 * @module
 */
import type { RetentionRule } from '../../contract/index.ts'
import { STATE } from '../_sql/rows.ts'
import { remove } from './changes.ts'
import type { SqliteConnection } from './connection.ts'
import { CountChanges } from './counts.ts'
import type { SqliteSession } from './session.ts'

/** Most jobs looked at, and so deleted, in one transaction: it holds the write lock for a few milliseconds. */
const CHUNK = 500

interface Candidate {
  readonly seq: number
  readonly queue: string
  readonly finished_at: number
}

/** Remembers how far it has looked, so that young jobs among old ones do not make it look at the same rows for ever. */
export class Pruner {
  readonly #connection: SqliteConnection
  readonly #lookedUpTo = new Map<string, number>()

  constructor(connection: SqliteConnection) {
    this.#connection = connection
  }

  async prune(rules: readonly RetentionRule[], limit: number): Promise<number> {
    let deleted = 0
    for (const rule of rules) {
      deleted += await this.#byCount(rule, limit - deleted)
      deleted += await this.#byAge(rule, limit - deleted)
      if (deleted >= limit) break
    }
    return deleted
  }

  async #byCount(rule: RetentionRule, limit: number): Promise<number> {
    if (rule.maxCount === null) return 0
    const { maxCount } = rule
    let deleted = 0
    while (deleted < limit) {
      const size = Math.min(CHUNK, limit - deleted)
      const state = STATE[rule.state]
      const excess = await this.#connection.read((session) => total(session, state) - maxCount)
      if (excess <= 0) return deleted
      const dropped = await this.#connection.write((session) => {
        // Counted again under the lock: another process may be pruning too.
        const now = Math.min(size, total(session, state) - maxCount)
        return now <= 0 ? 0 : drop(session, state, firstFinished(session, state, now))
      }, 'relaxed')
      if (dropped === 0) return deleted
      deleted += dropped
    }
    return deleted
  }

  async #byAge(rule: RetentionRule, limit: number): Promise<number> {
    if (rule.maxAgeMs === null) return 0
    const { maxAgeMs } = rule
    const state = STATE[rule.state]
    let deleted = 0
    while (deleted < limit) {
      const from = this.#lookedUpTo.get(rule.state) ?? 0
      const rows = await this.#connection.read((session) => oldest(session, state, from, CHUNK))
      const cutoff = (session: SqliteSession): number => session.now() - maxAgeMs
      const old = await this.#connection.read((session) =>
        rows.filter((row) => row.finished_at < cutoff(session)),
      )
      if (old.length > 0) {
        const seqs = old.slice(0, limit - deleted)
        deleted += await this.#connection.write((session) => drop(session, state, seqs), 'relaxed')
      }
      const last = rows.at(-1)
      if (last === undefined || old.length === 0) {
        // The end, or a stretch of young jobs: the next call starts where this one stopped, or from the beginning.
        this.#lookedUpTo.set(rule.state, rows.length === CHUNK && last !== undefined ? last.seq : 0)
        return deleted
      }
    }
    return deleted
  }
}

/**
 * Those that finished first. Jobs finish roughly in the order in which they were stored, so that it is enough to look
 * at the ones stored first, and the hot path needs no index by time.
 */
function firstFinished(session: SqliteSession, state: number, count: number): Candidate[] {
  return oldest(session, state, 0, count + CHUNK)
    .sort((a, b) => a.finished_at - b.finished_at)
    .slice(0, count)
}

function oldest(session: SqliteSession, state: number, after: number, limit: number): Candidate[] {
  return state === STATE.succeeded
    ? session.all<Candidate>('pruneSucceeded', after, limit)
    : session.all<Candidate>('pruneOthers', state, after, limit)
}

function total(session: SqliteSession, state: number): number {
  return session.get<{ n: number }>('stateTotal', state)?.n ?? 0
}

/** Deletes those of the jobs that are still there and still finished. */
function drop(session: SqliteSession, state: number, jobs: readonly Candidate[]): number {
  const counts = new CountChanges()
  // Somebody may have run one again meanwhile, and it may even have finished once more.
  const still = jobs.filter((job) => {
    const found = session.get<{ state: number; finished_at: number }>('finishedState', job.seq)
    return found?.state === state && found.finished_at === job.finished_at
  })
  remove(
    session,
    still.map((job) => job.seq),
  )
  for (const job of still) counts.add(job.queue, state, -1)
  counts.write(session)
  return still.length
}
