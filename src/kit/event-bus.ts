/**
 * Events to listeners, with emitters kept safe from what listeners do.
 * @module
 */
import type { EventBus, EventListener, EventName, MillraceEvents } from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { toJobError } from './job-error.ts'
import { show } from './show.ts'
import { suggest } from './suggest.ts'

/** As an object, so that the compiler sees to it that none is missing. */
const NAMES: Readonly<Record<EventName, true>> = {
  'job:enqueued': true,
  'job:started': true,
  'job:progress': true,
  'job:succeeded': true,
  'job:retrying': true,
  'job:failed': true,
  'job:cancelled': true,
  'job:snoozed': true,
  'job:released': true,
  'job:lease-lost': true,
  'job:rescued': true,
  'schedule:fired': true,
  'schedule:reconciled': true,
  'worker:started': true,
  'worker:quiet': true,
  'worker:stopped': true,
  'backend:error': true,
  'backend:recovered': true,
  'internal:error': true,
}

/** One registration. The same function may be registered twice, and is then called twice. */
interface Registration {
  readonly call: (event: never) => unknown
}

class Bus implements EventBus {
  /** Names somebody listens to. Lists are replaced, not changed: an emit ends with the one it began with. */
  readonly #listeners = new Map<EventName, readonly Registration[]>()

  on<N extends EventName>(name: N, listener: EventListener<N>): () => void {
    checkListener(name, listener)
    const registration: Registration = { call: listener }
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), registration])
    return () => {
      const rest = (this.#listeners.get(name) ?? []).filter((one) => one !== registration)
      if (rest.length > 0) this.#listeners.set(name, rest)
      else this.#listeners.delete(name)
    }
  }

  has(name: EventName): boolean {
    return this.#listeners.has(name)
  }

  emit<N extends EventName>(name: N, event: MillraceEvents[N]): void {
    const listeners = this.#listeners.get(name)
    if (listeners === undefined) return
    for (const { call } of listeners) {
      try {
        const answer = (call as (event: MillraceEvents[N]) => unknown)(event)
        if (isThenable(answer)) answer.then(undefined, (error: unknown) => this.#report(name, error))
      } catch (error) {
        this.#report(name, error)
      }
    }
  }

  #report(name: EventName, error: unknown): void {
    // A listener of internal:error that fails must not be told of its own failure, for ever.
    if (name !== 'internal:error' && this.has('internal:error')) {
      this.emit('internal:error', { at: Date.now(), during: `listener of ${name}`, error })
    } else {
      const { name: kind, message, stack } = toJobError(error)
      const detail = stack === null ? {} : { detail: stack }
      process.emitWarning(`A listener of ${name} failed: ${kind}: ${message}`, {
        type: 'MillraceWarning',
        ...detail,
      })
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function checkListener(name: string, listener: unknown): void {
  if (!Object.hasOwn(NAMES, name)) {
    const near = suggest(String(name), Object.keys(NAMES))
    const hint = near === null ? `Events: ${Object.keys(NAMES).join(', ')}.` : `Did you mean '${near}'?`
    throw new InvalidOptionError('name', `There is no event ${show(name)}. ${hint}`)
  }
  if (typeof listener !== 'function') {
    throw new InvalidOptionError(
      'listener',
      `The listener of ${name} must be a function, got ${show(listener)}.`,
    )
  }
}

/**
 * A bus without listeners. What a listener throws, or rejects with where it is async, is emitted as
 * `internal:error`; where nobody listens to that, or such a listener fails, it becomes a process warning of
 * the type `MillraceWarning`.
 */
export function createEventBus(): EventBus {
  return new Bus()
}
