/**
 * What a worker is put together from; loaded with the first one.
 * @module
 */
export { timerHeart } from '../engine/heart.ts'
export { createWorker } from '../engine/worker/create-worker.ts'
export { Scheduler } from '../scheduler/scheduler.ts'
export { threadHeart } from './heart-thread.ts'
export { createIsolation } from './isolation.ts'
export { ScheduledWorker } from './scheduled-worker.ts'
