/**
 * One attempt in a child, as the worker sees it: hands over the input, serves the handler's calls on its job,
 * and makes an end when the job's signal aborts.
 * @module
 */
import type { Job } from '../contract/index.ts'
import type { Child, ChildEnd } from './isolate-children.ts'
import { decodeThrown, encodeThrown } from './isolate-errors.ts'
import type { FromChild, JobFacts, WireResult } from './isolate-protocol.ts'

/** How an attempt in a child ended. */
export type AttemptEnd =
  | {
      readonly kind: 'done'
      readonly result: WireResult
      readonly reusable: boolean
      readonly memoryMiB: number | null
    }
  /** The job's signal aborted and the child was ended. */
  | { readonly kind: 'killed'; readonly reason: unknown }
  | {
      readonly kind: 'crashed'
      readonly how: string
      readonly error: unknown
      /** False where the handler had not begun. */
      readonly started: boolean
    }

/** What an attempt is made with. */
export interface AttemptRequest {
  /** Counts the attempts of this child, so that a late message of an earlier one is told apart. */
  readonly run: number
  readonly module: string
  readonly task: string
  readonly input: unknown
  readonly job: Job
  readonly weigh: boolean
  /** How long a handler may live after its signal aborted, in ms. */
  readonly killAfterMs: number
}

/**
 * Runs one attempt. Never rejects but for an input that cannot be cloned.
 * The child has ended where the answer is not `done`.
 */
export function runAttempt(child: Child, request: AttemptRequest): Promise<AttemptEnd> {
  return new Promise((resolve, reject) => {
    const attempt = new IsolatedAttempt(child, request, resolve)
    try {
      attempt.begin()
    } catch (error) {
      attempt.leave()
      reject(error)
    }
  })
}

class IsolatedAttempt {
  readonly #child: Child
  readonly #request: AttemptRequest
  readonly #resolve: (end: AttemptEnd) => void
  readonly #performing = new Map<number, (result: WireResult) => void>()
  #started = false
  #over = false
  #crash: unknown
  /** What the worker's own job refused, such as a progress of 200 %: the attempt's error, if it has no other. */
  #refusal: WireResult | undefined
  #killTimer: NodeJS.Timeout | undefined

  constructor(child: Child, request: AttemptRequest, resolve: (end: AttemptEnd) => void) {
    this.#child = child
    this.#request = request
    this.#resolve = resolve
  }

  begin(): void {
    const { run, module, task, input, job, weigh } = this.#request
    this.#child.listener = (message) => this.#receive(message)
    this.#child.send({ type: 'run', run, module, task, job: factsOf(job), input, weigh })
    job.signal.addEventListener('abort', this.#onAbort, { once: true })
    if (job.signal.aborted) this.#onAbort()
    void this.#child.ended.then((end) => this.#childEnded(end))
  }

  /** Stops listening. What the child still says is of no interest. */
  leave(): void {
    this.#over = true
    clearTimeout(this.#killTimer)
    this.#child.listener = null
    this.#request.job.signal.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => {
    const { run, job, killAfterMs } = this.#request
    this.#child.send({ type: 'abort', run, reason: encodeThrown(job.signal.reason) })
    this.#killTimer = setTimeout(() => void this.#child.kill(), killAfterMs)
  }

  #finish(end: AttemptEnd): void {
    if (this.#over) return
    this.leave()
    this.#resolve(end)
  }

  #childEnded(end: ChildEnd): void {
    const { signal } = this.#request.job
    if (signal.aborted) this.#finish({ kind: 'killed', reason: signal.reason })
    else
      this.#finish({ kind: 'crashed', how: end.how, error: this.#crash ?? end.error, started: this.#started })
  }

  #receive(message: FromChild): void {
    if (message.type === 'crash') {
      this.#crash = decodeThrown(message.error)
      return
    }
    if (message.run !== this.#request.run) return
    switch (message.type) {
      case 'started':
        this.#started = true
        return
      case 'log':
        return this.#pass((job) => job.log[message.level](message.message, message.fields))
      case 'progress':
        return this.#pass((job) => job.progress(message.percent, message.note))
      case 'once':
        void this.#once(message)
        return
      case 'performed':
        this.#performing.get(message.call)?.(message.result)
        this.#performing.delete(message.call)
        return
      case 'done':
        return this.#finish({
          kind: 'done',
          result: message.result.ok ? (this.#refusal ?? message.result) : message.result,
          reusable: message.reusable,
          memoryMiB: message.memoryMiB,
        })
    }
  }

  #pass(call: (job: Job) => void): void {
    try {
      call(this.#request.job)
    } catch (error) {
      this.#refusal ??= { ok: false, error: encodeThrown(error) }
    }
  }

  async #once(message: Extract<FromChild, { type: 'once' }>): Promise<void> {
    const { run, call, key, onInterrupt } = message
    const result = await resultOf(() =>
      this.#request.job.once(
        key,
        () => this.#perform(call),
        onInterrupt === undefined ? {} : { onInterrupt },
      ),
    )
    if (!this.#over) this.#child.send({ type: 'once', run, call, result })
  }

  /**
   * Asks the child to run the function given to `once`. Where the child dies meanwhile this never settles:
   * nobody knows whether the effect happened, and the checkpoint has to stay "begun".
   */
  #perform(call: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#performing.set(call, (result) =>
        result.ok ? resolve(result.value) : reject(decodeThrown(result.error)),
      )
      this.#child.send({ type: 'perform', run: this.#request.run, call })
    })
  }
}

async function resultOf(work: () => Promise<unknown>): Promise<WireResult> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, error: encodeThrown(error) }
  }
}

function factsOf(job: Job): JobFacts {
  const { id, task, queue, attempt, maxAttempts, priority, tags, meta, createdAt, workerId, idempotencyKey } =
    job
  return {
    ...{ id, task, queue, attempt, maxAttempts, priority, tags, meta, workerId, idempotencyKey },
    createdAt: createdAt.getTime(),
  }
}
