/**
 * The root door: what an application imports.
 * @module
 */
export { millrace } from './app/millrace.ts'
export {
  BackendError,
  ChildCrashedError,
  ConfigError,
  ERROR_CODES,
  InvalidOptionError,
  InvalidPayloadError,
  JobResultError,
  JobStateError,
  JobTimeoutError,
  LeaseLostError,
  MillraceError,
  NotRunningError,
  OnceInterruptedError,
  PayloadTooLargeError,
  UnknownTaskError,
  UnsupportedFacetError,
} from './contract/errors.ts'
export type {
  AnyTask,
  AppOptions,
  Backend,
  BatchHandler,
  BatchItem,
  BatchResult,
  ChangeReceipt,
  Codec,
  Duration,
  EnqueueOptions,
  ErrorCode,
  EventBus,
  Handler,
  InputOf,
  Job,
  JobFilter,
  JobLog,
  JobMeta,
  JobState,
  JobView,
  JobViewPage,
  MiddlewareHooks,
  Millrace,
  MillraceEvents,
  OutputOf,
  PayloadIssue,
  Receipt,
  RetryOptions,
  Task,
  TaskOptions,
  TransactionalClient,
  UniqueOptions,
  Worker,
  WorkerHealth,
  WorkerOptions,
} from './contract/index.ts'
export { task } from './engine/task.ts'
export { Discard, Retry, Snooze } from './engine/throwables.ts'
export { compressed } from './kit/codecs/compressed.ts'
export { encrypted } from './kit/codecs/encrypted.ts'
