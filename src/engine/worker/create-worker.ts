/**
 * The door of this folder: makes a worker.
 * @module
 */
import type { Worker, WorkerOptions } from '../../contract/index.ts'
import type { EngineContext } from '../ports.ts'
import { readWorkerOptions } from './options.ts'
import { MillraceWorker } from './worker.ts'

/**
 * A worker for the context's tasks, not started.
 * @throws InvalidOptionError where an option is wrong.
 */
export function createWorker(context: EngineContext, options: WorkerOptions = {}): Worker {
  return new MillraceWorker(context, readWorkerOptions(options))
}
