/**
 * `app.schedules`: schedules, as people handle them.
 * @module
 */
import type { ScheduleEntry, ScheduleOptions } from './schedule-options.ts'
import type { FiringPage, ScheduleRecord } from './schedules.ts'
import type { AnyTask, Receipt } from './task.ts'

/** A stored schedule, with its input decoded. */
export interface ScheduleView extends ScheduleRecord {
  /** When it fires, in words: `30 2 * * * (Europe/Berlin)`, `every 90s`. */
  readonly when: string
  /** The decoded input; undefined where it cannot be decoded here. */
  readonly input: unknown
}

/** A page of schedules by name. `next` goes into the following call's `after`; null: no more. */
export interface ScheduleViewPage {
  readonly schedules: readonly ScheduleView[]
  readonly next: string | null
}

/** Where code and store differ. */
export interface ScheduleDrift {
  readonly name: string
  /**
   * - `missing`: declared, and not in the store.
   * - `changed`: declared differently from what is stored.
   * - `undeclared`: in the store as one of this group, and no longer declared.
   * - `taken`: declared, while the store has one of this name that is dynamic or another group's.
   */
  readonly kind: 'missing' | 'changed' | 'undeclared' | 'taken'
  /** With `changed`, the names of what differs, such as `timing` and `input`. */
  readonly differs: readonly string[]
}

/** What a reconciliation did: names of schedules. */
export interface Reconciled {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** Declared here, but the name is taken in the store by a dynamic one or another group's, which was left alone. */
  readonly taken: readonly string[]
}

/** Schedules of the store. All of these throw UnsupportedFacetError where the backend keeps none. */
export interface Schedules {
  /**
   * Stores a dynamic schedule, or changes it; a pause stays. Its next firing is worked out anew where its times changed.
   * @throws InvalidOptionError where it is wrong; ScheduleError where the name belongs to one declared in code.
   */
  put<T extends AnyTask>(
    name: string,
    schedule: ScheduleOptions<T> | ScheduleEntry,
  ): Promise<'added' | 'changed' | 'unchanged'>
  get(name: string): Promise<ScheduleView | null>
  list(page?: { readonly limit?: number; readonly after?: string | null }): Promise<ScheduleViewPage>
  /** They fire no more until they are resumed. @throws ScheduleError where one does not exist. */
  pause(names: string | readonly string[]): Promise<void>
  /** They go on with their next time from now: what was due during the pause is not made up for. */
  resume(names: string | readonly string[]): Promise<void>
  /** Fires at once, whatever its times, its pause and its overlap policy say. @throws ScheduleError where it does not exist. */
  runNow(name: string): Promise<Receipt>
  /**
   * Removes dynamic schedules, and declared ones that nobody declares any more.
   * @throws ScheduleError where one does not exist or is declared by this app.
   */
  remove(names: string | readonly string[]): Promise<void>
  /** Its next firings, the pause left aside: at most 1,000. @throws ScheduleError where it does not exist. */
  next(name: string, count?: number): Promise<readonly Date[]>
  /** Its latest firings, each with its job's id. */
  history(
    name: string,
    page?: { readonly limit?: number; readonly after?: string | null },
  ): Promise<FiringPage>
  /** Where the schedules that this app declares differ from those in the store; nothing is changed. */
  drift(): Promise<readonly ScheduleDrift[]>
  /** Brings the store to what this app declares. A worker does so when it starts. */
  reconcile(): Promise<Reconciled>
}
