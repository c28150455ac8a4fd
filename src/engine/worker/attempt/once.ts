/**
 * `job.once`: a side effect at most once per job, over all its attempts.
 * @module
 */
import type { CheckpointsFacet, Codec } from '../../../contract/index.ts'
import { InvalidOptionError, OnceInterruptedError, UnsupportedFacetError } from '../../../contract/index.ts'
import { backoffMs } from '../../../kit/backoff-loop.ts'
import { checkKeys, checkName } from '../../../kit/check.ts'
import { encodeJson } from '../../../kit/json.ts'
import { writePayload } from '../../../kit/payload.ts'
import { show } from '../../../kit/show.ts'
import { sleep } from '../../../kit/sleep.ts'
import { decodePayload } from '../../payloads.ts'
import type { Attempt } from './attempt.ts'

/** What `once` needs. */
export interface OnceRules {
  readonly checkpoints: CheckpointsFacet | undefined
  readonly backendName: string
  readonly codecs: readonly Codec[]
  readonly maxPayloadBytes: number
}

/** Options of `job.once`. */
export interface OnceOptions {
  readonly onInterrupt?: 'throw' | 'rerun'
}

/** The blocks of one attempt. */
export class OnceBlocks {
  readonly #rules: OnceRules
  readonly #attempt: Attempt
  /** Two calls with the same key in one attempt share one run. */
  readonly #running = new Map<string, Promise<unknown>>()

  constructor(rules: OnceRules, attempt: Attempt) {
    this.#rules = rules
    this.#attempt = attempt
  }

  /** See `Job.once`. */
  run<T>(key: string, fn: () => T | Promise<T>, options: OnceOptions): Promise<T> {
    const known = this.#running.get(key)
    if (known !== undefined) return known as Promise<T>
    const running = this.#run(key, fn, options)
    this.#running.set(key, running)
    const forget = (): void => void this.#running.delete(key)
    running.then(forget, forget)
    return running
  }

  async #run<T>(key: string, fn: () => T | Promise<T>, options: OnceOptions): Promise<T> {
    const facet = this.#check(key, fn, options)
    const { claimed } = this.#attempt
    const known = await facet.begin(claimed, key)
    if (known?.status === 'done') return decodePayload(this.#rules.codecs, known.value) as T
    if (known !== null && options.onInterrupt !== 'rerun') throw this.#interrupted(key)
    let value: T
    try {
      value = await fn()
    } catch (error) {
      await this.#persist(() => facet.forget(claimed, key))
      throw error
    }
    const stored = this.#encode(key, value)
    await this.#persist(() => facet.complete(claimed, key, stored))
    return value
  }

  #check(key: string, fn: unknown, options: OnceOptions): CheckpointsFacet {
    checkName(key, 'key')
    checkKeys(options, ['onInterrupt'], 'job.once')
    const { onInterrupt } = options
    if (onInterrupt !== undefined && onInterrupt !== 'throw' && onInterrupt !== 'rerun') {
      const got = show(onInterrupt)
      throw new InvalidOptionError('onInterrupt', `onInterrupt must be 'throw' or 'rerun', got ${got}.`)
    }
    if (typeof fn !== 'function') {
      throw new InvalidOptionError('fn', `job.once needs a function to run, got ${show(fn)}.`)
    }
    const { checkpoints, backendName } = this.#rules
    if (checkpoints !== undefined) return checkpoints
    throw new UnsupportedFacetError(
      `job.once needs the facet 'checkpoints', which the backend '${backendName}' lacks; SQLite and memory have ` +
        'it. Use job.idempotencyKey with the API that is called instead.',
    )
  }

  #encode(key: string, value: unknown): string {
    const what = `the value of once('${key}') in task '${this.#attempt.plan.task.name}'`
    return writePayload(this.#rules.codecs, encodeJson(value, what), this.#rules.maxPayloadBytes, what)
  }

  /** The effect has happened or not: a store that is away for a moment must not make that unknown. */
  async #persist(write: () => Promise<void>): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        await write()
        return
      } catch (error) {
        if (!isRetriable(error) || this.#attempt.over || this.#attempt.ending !== 'none') throw error
        await sleep(backoffMs(failures, { maxMs: 5_000 }), this.#attempt.signal)
      }
    }
  }

  #interrupted(key: string): OnceInterruptedError {
    const { id, task, queue } = this.#attempt.claimed
    return new OnceInterruptedError(
      `Job ${id}: an earlier attempt began once('${key}') and did not live to finish it, so nobody knows whether ` +
        "its effect happened. Find out and decide, or pass { onInterrupt: 'rerun' } where running it twice is harmless.",
      { jobId: id, task, queue },
    )
  }
}

function isRetriable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retriable' in error && error.retriable === true
}
