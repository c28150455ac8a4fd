/**
 * What the scheduler needs from outside its room; `app/` plugs these in.
 * @module
 */
import type {
  AnyTask,
  Backend,
  Clock,
  EnqueueOptions,
  EventBus,
  NewJob,
  ScheduleDefinition,
} from '../contract/index.ts'

/** Makes jobs as `enqueue` would. */
export interface JobMaker {
  /** A promise is only answered where the task's schema is asynchronous. @throws as `enqueue` does. */
  make(task: AnyTask, input: unknown, options: EnqueueOptions<never>): NewJob | Promise<NewJob>
  /** The registered task of this name. */
  find(name: string): AnyTask | undefined
  names(): readonly string[]
}

/** The schedules that an app declares in code and in files. */
export interface DeclaredSchedules {
  readonly group: string
  /** By name, each once. */
  readonly definitions: readonly (ScheduleDefinition | Promise<ScheduleDefinition>)[]
}

/** What all parts of the scheduler share. */
export interface SchedulerContext {
  /** The backend, loaded where it was not yet. */
  readonly open: () => Promise<Backend>
  readonly events: EventBus
  readonly clock: Clock
  readonly jobs: JobMaker
  /** The decoded payload of a stored job. @throws InvalidPayloadError */
  readonly decode: (payload: string) => unknown
  /** Null where the app declares none, so that the store's are left as they are. */
  readonly declared: DeclaredSchedules | null
}
