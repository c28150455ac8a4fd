/**
 * Facet `metrics`: totals kept with the counts, and the oldest wait by looking at the head of each lane.
 * @module
 */
import type { MetricsFacet, QueueMetrics } from '../../contract/index.ts'
import { STATE } from '../_sql/rows.ts'
import type { SqliteConnection } from './connection.ts'
import type { SqliteSession } from './session.ts'

/** The facet. */
export function metricsFacet(connection: SqliteConnection): MetricsFacet {
  return { queues: () => connection.read(queueMetrics) }
}

function queueMetrics(session: SqliteSession): QueueMetrics[] {
  const oldest = oldestDue(session)
  const totals = new Map<string, Map<number, number>>()
  for (const row of session.all<{ queue: string; state: number; entered: number }>('entered')) {
    const ofQueue = totals.get(row.queue) ?? new Map<number, number>()
    totals.set(row.queue, ofQueue.set(row.state, row.entered))
  }
  return [...totals].map(([queue, entered]) => ({
    queue,
    oldestDueAt: oldest.get(queue) ?? null,
    finished: {
      succeeded: entered.get(STATE.succeeded) ?? 0,
      failed: entered.get(STATE.failed) ?? 0,
      cancelled: entered.get(STATE.cancelled) ?? 0,
    },
  }))
}

/** One seek in the index for each priority in use, however many jobs wait. */
function oldestDue(session: SqliteSession): Map<string, number> {
  const now = session.now()
  const oldest = new Map<string, number>()
  let lane = session.get<{ queue: string; rank: number; due_at: number }>('waitingLane', '', 0)
  while (lane !== undefined) {
    if (lane.due_at <= now) oldest.set(lane.queue, Math.min(lane.due_at, oldest.get(lane.queue) ?? now))
    lane = session.get('waitingLane', lane.queue, lane.rank)
  }
  return oldest
}
