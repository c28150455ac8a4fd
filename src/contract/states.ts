/**
 * The state machine of a job, as one table. Every backend's conformance run checks it.
 * @module
 */

/** Every state a job can be in. */
export const JOB_STATES = [
  'scheduled', // its time has not come
  'pending', // ready to be claimed
  'blocked', // held: waits for other jobs, or is being moved to another store
  'active', // a worker runs it under a lease
  'retrying', // failed, will run again at a time
  'succeeded',
  'failed', // gave up; a person decides
  'cancelled',
] as const

/** One of {@link JOB_STATES}. */
export type JobState = (typeof JOB_STATES)[number]

/** States a job never leaves by itself; only a person's `requeue` leads out. */
export const TERMINAL_STATES = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly JobState[]

/** States in which a job waits for a worker or for its time. */
export const WAITING_STATES = ['scheduled', 'pending', 'retrying'] as const satisfies readonly JobState[]

/** What can happen to a job. */
export type JobTransition =
  | 'due' // the backend's clock reached its time
  | 'claim'
  | 'succeed'
  | 'retry' // the attempt failed, another one follows
  | 'fail'
  | 'snooze' // the handler asked for later; the attempt does not count
  | 'release' // given back unfinished; the attempt does not count
  | 'rescue' // its worker died; the attempt counts
  | 'quarantine' // its workers died too often
  | 'cancel'
  | 'expire' // its expiry passed before it started
  | 'reschedule'
  | 'requeue' // a person runs it again
  | 'hold' // kept from workers while it is being moved
  | 'unhold'

const waiting = {
  cancel: ['cancelled'],
  expire: ['cancelled'],
  reschedule: ['scheduled', 'pending'],
  hold: ['blocked'],
} as const
const finished = { requeue: ['pending', 'scheduled'] } as const

/**
 * From which state, by which transition, into which states. What is not in this table cannot happen.
 *
 * `due` may be carried out at any moment between the due time and the claim, so a reader may still see
 * `scheduled` or `retrying` on a job whose time has come.
 */
export const TRANSITIONS: Readonly<
  Record<JobState, Readonly<Partial<Record<JobTransition, readonly JobState[]>>>>
> = {
  scheduled: { ...waiting, due: ['pending'], claim: ['active'], requeue: ['pending'] },
  pending: { ...waiting, claim: ['active'], requeue: ['pending'] },
  retrying: { ...waiting, due: ['pending'], claim: ['active'], requeue: ['pending'] },
  blocked: { cancel: ['cancelled'], unhold: ['pending', 'scheduled', 'retrying'], requeue: ['pending'] },
  active: {
    succeed: ['succeeded'],
    retry: ['retrying', 'pending'],
    fail: ['failed'],
    cancel: ['cancelled'],
    snooze: ['scheduled', 'pending'],
    release: ['pending'],
    rescue: ['pending'],
    quarantine: ['failed'],
  },
  succeeded: finished,
  failed: finished,
  cancelled: finished,
}

/** True when `transition` may lead from `from` to `to`. */
export function canTransition(from: JobState, transition: JobTransition, to: JobState): boolean {
  return TRANSITIONS[from][transition]?.includes(to) ?? false
}

/** True for `succeeded`, `failed` and `cancelled`. */
export function isTerminal(state: JobState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}
