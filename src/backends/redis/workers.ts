/**
 * Workers and their leases: heartbeat, retirement, and the rescue of what dead ones held.
 * @module
 */
import type { RescuedJob, WorkerInfo } from '../../contract/index.ts'
import { readBody } from './body.ts'
import type { RedisConnection } from './connection.ts'
import { stateOf } from './record.ts'
import { RequestWriter } from './request.ts'

/** Registers the worker and extends its lease; false where it had run out. */
export async function heartbeat(
  connection: RedisConnection,
  worker: WorkerInfo,
  leaseMs: number,
): Promise<boolean> {
  const request = new RequestWriter().short(worker.id).ms(leaseMs).long(JSON.stringify(worker))
  return (await connection.run('heartbeat', request)) === 1
}

/** Takes a worker off the register, and what was still to be told to it. */
export async function retire(connection: RedisConnection, workerId: string): Promise<void> {
  await connection.run('retire', new RequestWriter().short(workerId))
}

/** Gives back the jobs of dead workers, some at a time. */
export async function rescue(connection: RedisConnection, quarantineAfter: number): Promise<RescuedJob[]> {
  const suspects = await connection.ask('suspect')
  const dead: string[] = []
  while (!suspects.ended) dead.push(suspects.short())
  const rescued: RescuedJob[] = []
  for (let cursor = '0'; dead.length > 0; ) {
    const request = new RequestWriter().short(cursor).u24(quarantineAfter).u16(dead.length)
    for (const worker of dead) request.short(worker)
    const reply = await connection.ask('rescue', request)
    cursor = reply.short()
    while (!reply.ended) {
      const [begun, state] = [reply.u8() === 1, stateOf(reply.u8())]
      const [attempt, worker] = [reply.u24(), reply.short()]
      const { id, task, queue } = readBody(reply.bytes())
      rescued.push({ id, task, queue, attempt, worker, begun, state })
    }
    if (cursor === '0') break
  }
  return rescued
}
