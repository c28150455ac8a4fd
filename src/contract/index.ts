/**
 * The vocabulary and the seam. Imports nothing but types of Standard Schema.
 * @module
 */
export type * from './backend.ts'
export type * from './checkpoints.ts'
export type * from './client.ts'
export type * from './clock.ts'
export type * from './codec.ts'
export type * from './control.ts'
export * from './errors.ts'
export type * from './events.ts'
export type * from './job.ts'
export type * from './limits.ts'
export type * from './middleware.ts'
export type * from './options.ts'
export type * from './records.ts'
export type * from './settle.ts'
export * from './states.ts'
export type * from './task.ts'
export type * from './transaction.ts'
export type * from './unique.ts'
