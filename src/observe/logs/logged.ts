/**
 * Which apps have their events logged, so that nothing is logged twice.
 * @module
 */
import type { EventBus } from '../../contract/index.ts'

/** The buses that somebody logs. */
export const LOGGED_BUSES = new WeakSet<EventBus>()

/** True while `logEvents` logs these events. */
export function isLogged(events: EventBus): boolean {
  return LOGGED_BUSES.has(events)
}
