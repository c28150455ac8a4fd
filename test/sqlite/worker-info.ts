/**
 * What a test's worker says of itself.
 * @module
 */
import type { WorkerInfo } from '../../src/contract/index.ts'

/** A worker with nothing special about it. */
export function workerInfo(id: string): WorkerInfo {
  const numbers = { pid: process.pid, startedAt: 0, slots: 1, busy: 0, memoryBytes: 0 }
  return { id, host: 'localhost', queues: ['default'], version: '0', quiet: false, ...numbers }
}
