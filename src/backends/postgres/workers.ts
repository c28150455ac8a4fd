/**
 * Workers and their leases: heartbeat, retirement, and the rescue of what dead ones held.
 * @module
 */
import type { RescuedJob, WorkerInfo } from '../../contract/index.ts'
import type { PostgresSession } from './session.ts'

/** Registers the worker and extends its lease; false where it had run out. */
export async function heartbeat(
  session: PostgresSession,
  worker: WorkerInfo,
  leaseMs: number,
): Promise<boolean> {
  const info = JSON.stringify(worker)
  return (await session.one<{ kept: boolean }>('heartbeat', worker.id, Math.round(leaseMs), info)).kept
}

/** Takes a worker off the register; its jobs are rescued by the next look. */
export async function retire(session: PostgresSession, workerId: string): Promise<void> {
  await session.all('retire', workerId)
}

type RescuedRow = [string, string, string, number, string, boolean, boolean]

/** Gives back the jobs of dead workers. */
export async function rescue(session: PostgresSession, quarantineAfter: number): Promise<RescuedJob[]> {
  const { latest } = session.clock
  const answer = await session.one<{ rows: string; now: string; seen: string | null }>(
    'rescue',
    quarantineAfter,
  )
  // A process that has just started knows from other workers where the clock stood.
  session.clock.told(Number(answer.now), Math.max(latest, Number(answer.seen)))
  return (JSON.parse(answer.rows) as RescuedRow[]).map(
    ([id, task, queue, attempt, worker, begun, failed]) => ({
      id,
      task,
      queue,
      attempt,
      worker,
      begun,
      state: failed ? 'failed' : 'pending',
    }),
  )
}
