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

/** Gives back the jobs of dead workers. */
export async function rescue(session: PostgresSession, quarantineAfter: number): Promise<RescuedJob[]> {
  const rows = await session.json<[string, string, string, number, string, boolean, boolean][]>(
    'rescue',
    quarantineAfter,
  )
  return rows.map(([id, task, queue, attempt, worker, begun, failed]) => ({
    id,
    task,
    queue,
    attempt,
    worker,
    begun,
    state: failed ? 'failed' : 'pending',
  }))
}
