/**
 * What keeps a store healthy: the register of workers, rescue, and pruning.
 * @module
 */
import type { JobError, RescuedJob, RetentionRule, WorkerInfo } from '../../contract/index.ts'
import { release } from './exchange.ts'
import { type Row, recordAttempt } from './row.ts'
import type { Store } from './store.ts'

/** A dead worker is remembered this long, so that one which comes back learns that it had lost its lease. */
const REMEMBER_DEAD_MS = 24 * 60 * 60 * 1_000

/** Registers the worker and extends its leases; false where they had run out. */
export function heartbeat(store: Store, info: WorkerInfo, leaseMs: number): boolean {
  const kept = !store.workers.has(info.id) || store.isLive(info.id)
  const copy = { ...info, queues: Object.freeze([...info.queues]) }
  store.workers.set(info.id, {
    info: copy,
    seenAt: store.now(),
    leaseEnds: store.clock.monotonic() + leaseMs,
  })
  return kept
}

/** Takes the worker off the register, which makes what it holds rescuable. */
export function retire(store: Store, workerId: string): void {
  store.workers.delete(workerId)
  store.commands.delete(workerId)
}

/** Gives back the jobs of workers without a live lease. One look suffices: the monotonic clock does not jump. */
export function rescue(store: Store, quarantineAfter: number): RescuedJob[] {
  const rescued: RescuedJob[] = []
  for (const [workerId, rows] of [...store.held]) {
    if (store.isLive(workerId)) continue
    for (const row of [...rows]) rescued.push(rescueOne(store, row, workerId, quarantineAfter))
  }
  forgetDead(store)
  return rescued
}

function rescueOne(store: Store, row: Row, worker: string, quarantineAfter: number): RescuedJob {
  const { id, task, queue, attempt, begun } = row
  if (begun) lose(store, row, worker, quarantineAfter)
  else release(store, row)
  return { id, task, queue, attempt, worker, begun, state: row.state }
}

function lose(store: Store, row: Row, worker: string, quarantineAfter: number): void {
  recordAttempt(row, 'lost', store.now(), null)
  row.lost += 1
  if (row.lost >= quarantineAfter) store.finish(row, 'failed', 'quarantined', workerLost(row, worker))
  else if (row.attempt >= row.maxAttempts) store.finish(row, 'failed', 'exhausted', workerLost(row, worker))
  else {
    store.lift(row)
    row.state = 'pending'
    store.drop(row)
  }
}

function workerLost(row: Row, worker: string): JobError {
  const message = `Worker ${worker} died while it ran attempt ${row.attempt}; ${row.lost} lost in all.`
  return { name: 'WorkerLost', message, stack: null, code: null, cause: null }
}

function forgetDead(store: Store): void {
  const dead = store.clock.monotonic() - REMEMBER_DEAD_MS
  for (const [id, worker] of store.workers) if (worker.leaseEnds <= dead) retire(store, id)
  for (const id of store.commands.keys()) if (!store.workers.has(id)) store.commands.delete(id)
}

/** Deletes finished jobs past their retention, the oldest first; answers how many. */
export function prune(store: Store, rules: readonly RetentionRule[], limit: number): number {
  const now = store.now()
  let pruned = 0
  for (const rule of rules) {
    const line = store.finished[rule.state]
    for (let row = line.first(); row !== undefined && pruned < limit; row = line.first()) {
      const tooMany = rule.maxCount !== null && line.size > rule.maxCount
      const tooOld = rule.maxAgeMs !== null && (row.finishedAt ?? row.createdAt) < now - rule.maxAgeMs
      if (!tooMany && !tooOld) break
      store.remove(row)
      pruned += 1
    }
  }
  return pruned
}
