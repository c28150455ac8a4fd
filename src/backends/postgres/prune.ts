/**
 * Pruning finished jobs by age and by number, a small transaction at a time.
 * @module
 */
import type { RetentionRule } from '../../contract/index.ts'
import { STATE } from '../_sql/rows.ts'
import { numbers } from './array.ts'
import type { PostgresConnection } from './connection.ts'
import type { PostgresSession } from './session.ts'

/** Most jobs looked at, and so deleted, in one transaction. */
const CHUNK = 2_000

interface Candidate {
  readonly seq: number
  readonly finishedAt: number
}

/** Remembers how far it has looked, so that young jobs among old ones do not make it look at the same rows for ever. */
export class Pruner {
  readonly #connection: PostgresConnection
  readonly #lookedUpTo = new Map<string, number>()

  constructor(connection: PostgresConnection) {
    this.#connection = connection
  }

  prune(rules: readonly RetentionRule[], limit: number): Promise<number> {
    return this.#connection.use(async (session) => {
      let deleted = 0
      for (const rule of rules) {
        if (rule.maxCount !== null)
          deleted += await this.#byCount(session, rule, rule.maxCount, limit - deleted)
        if (rule.maxAgeMs !== null)
          deleted += await this.#byAge(session, rule, rule.maxAgeMs, limit - deleted)
        if (deleted >= limit) break
      }
      return deleted
    })
  }

  async #byCount(
    session: PostgresSession,
    rule: RetentionRule,
    maxCount: number,
    limit: number,
  ): Promise<number> {
    const state = STATE[rule.state]
    let deleted = 0
    while (deleted < limit) {
      const { n } = await session.one<{ n: string }>('stateTotal', numbers([state]))
      const excess = Math.min(CHUNK, limit - deleted, Number(n) - maxCount)
      if (excess <= 0) break
      const gone = await drop(session, state, await firstFinished(session, state, excess))
      deleted += gone
      if (gone === 0) break
    }
    return deleted
  }

  async #byAge(
    session: PostgresSession,
    rule: RetentionRule,
    maxAgeMs: number,
    limit: number,
  ): Promise<number> {
    const state = STATE[rule.state]
    let deleted = 0
    while (deleted < limit) {
      const from = this.#lookedUpTo.get(rule.state) ?? 0
      const { jobs, now } = await oldest(session, state, from, CHUNK)
      const old = jobs.filter(({ finishedAt }) => finishedAt < now - maxAgeMs)
      if (old.length > 0) deleted += await drop(session, state, old.slice(0, limit - deleted))
      const last = jobs.at(-1)
      if (last === undefined || old.length === 0) {
        // The end, or a stretch of young jobs: the next call starts where this one stopped, or from the beginning.
        this.#lookedUpTo.set(rule.state, jobs.length === CHUNK && last !== undefined ? last.seq : 0)
        break
      }
    }
    return deleted
  }
}

/**
 * Those that finished first. Jobs finish roughly in the order in which they were stored, so that it is enough to look
 * at the ones stored first, and the hot path needs no index by time.
 */
async function firstFinished(session: PostgresSession, state: number, count: number): Promise<Candidate[]> {
  const { jobs } = await oldest(session, state, 0, count + CHUNK)
  return jobs.sort((a, b) => a.finishedAt - b.finishedAt).slice(0, count)
}

async function oldest(
  session: PostgresSession,
  state: number,
  after: number,
  limit: number,
): Promise<{ jobs: Candidate[]; now: number }> {
  const { rows, now } = await (state === STATE.succeeded
    ? session.one<{ rows: string; now: string }>('pruneSucceeded', after, limit)
    : session.one<{ rows: string; now: string }>('pruneOthers', after, limit, state))
  const jobs = (JSON.parse(rows) as [number, number][]).map(([seq, finishedAt]) => ({ seq, finishedAt }))
  return { jobs, now: Number(now) }
}

/** Deletes those of the jobs that are still there and still finished. */
async function drop(session: PostgresSession, state: number, jobs: readonly Candidate[]): Promise<number> {
  const { n } = await session.one<{ n: number }>('prune', state, numbers(jobs.map(({ seq }) => seq)))
  return n
}
