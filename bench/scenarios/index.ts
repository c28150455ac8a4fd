/**
 * The scenarios, in the order in which they are measured and shown.
 * @module
 */
import type { Scenario } from '../scenario.ts'
import { backlog } from './backlog.ts'
import { enqueueBatch } from './enqueue-batch.ts'
import { enqueueSingle } from './enqueue-single.ts'
import { idle } from './idle.ts'
import { latencyAcrossProcesses } from './latency-across-processes.ts'
import { latencyInProcess } from './latency-in-process.ts'
import { processWith } from './process.ts'
import { workerMemory } from './worker-memory.ts'

/** All of them. */
export const scenarios: readonly Scenario[] = [
  enqueueBatch,
  enqueueSingle,
  processWith(1),
  processWith(10),
  processWith(100),
  latencyInProcess,
  latencyAcrossProcesses,
  backlog,
  workerMemory,
  idle,
]
