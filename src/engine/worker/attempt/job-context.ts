/**
 * The job in a handler's hand.
 * @module
 */
import type {
  Backend,
  Clock,
  Codec,
  Duration,
  EventBus,
  Job,
  JobLog,
  JobLogLine,
  JobMeta,
  TransactionalClient,
} from '../../../contract/index.ts'
import { InvalidOptionError } from '../../../contract/index.ts'
import { show } from '../../../kit/show.ts'
import type { Producer } from '../../ports.ts'
import { Snooze } from '../../throwables.ts'
import type { Attempt } from './attempt.ts'
import { joinTransaction } from './join-transaction.ts'
import type { Notes } from './notes.ts'
import { OnceBlocks, type OnceOptions } from './once.ts'

const NO_META: JobMeta = Object.freeze({})
const LONGEST_NOTE = 1_024

/** What all jobs of a worker share. */
export interface JobServices {
  readonly workerId: string
  readonly backend: Backend
  readonly events: EventBus
  readonly clock: Clock
  readonly codecs: readonly Codec[]
  readonly maxPayloadBytes: number
  readonly notes: Notes
  readonly producer: Producer
}

/** The public face of an attempt. Everything but the two references is made when it is asked for. */
export class JobContext implements Job {
  readonly #attempt: Attempt
  readonly #services: JobServices
  #log: JobLog | null = null
  #once: OnceBlocks | null = null

  constructor(attempt: Attempt, services: JobServices) {
    this.#attempt = attempt
    this.#services = services
  }

  get id(): string {
    return this.#attempt.claimed.id
  }

  /** The task's present name, also where the job was stored under a former one. */
  get task(): string {
    return this.#attempt.plan.task.name
  }

  get queue(): string {
    return this.#attempt.claimed.queue
  }

  get attempt(): number {
    return this.#attempt.claimed.attempt
  }

  get maxAttempts(): number {
    return this.#attempt.claimed.maxAttempts
  }

  get priority(): number {
    return this.#attempt.claimed.priority
  }

  get tags(): readonly string[] {
    return this.#attempt.claimed.tags
  }

  get meta(): JobMeta {
    return this.#attempt.claimed.meta ?? NO_META
  }

  get createdAt(): Date {
    return new Date(this.#attempt.claimed.createdAt)
  }

  get workerId(): string {
    return this.#services.workerId
  }

  get idempotencyKey(): string {
    return this.#attempt.claimed.id
  }

  get signal(): AbortSignal {
    return this.#attempt.signal
  }

  get log(): JobLog {
    this.#log ??= makeLog(this.#attempt, this.#services.notes)
    return this.#log
  }

  progress(percent: number, note?: string): void {
    if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) {
      throw new InvalidOptionError(
        'percent',
        `progress must be a number from 0 to 100, got ${show(percent)}.`,
      )
    }
    if (note !== undefined && typeof note !== 'string') {
      throw new InvalidOptionError('note', `The note on a progress must be text, got ${show(note)}.`)
    }
    const attempt = this.#attempt
    if (attempt.over) return
    const progress = { percent, note: note === undefined ? null : note.slice(0, LONGEST_NOTE) }
    const { events, clock, notes, workerId } = this.#services
    notes.progress(attempt, progress)
    if (!events.has('job:progress')) return
    const { id, queue, attempt: number } = attempt.claimed
    events.emit('job:progress', {
      at: clock.now(),
      id,
      task: this.task,
      queue,
      attempt: number,
      workerId,
      progress,
    })
  }

  once<T>(key: string, fn: () => T | Promise<T>, options: OnceOptions = {}): Promise<T> {
    const { backend, codecs, maxPayloadBytes } = this.#services
    const { checkpoints, name } = backend
    this.#once ??= new OnceBlocks({ checkpoints, backendName: name, codecs, maxPayloadBytes }, this.#attempt)
    return this.#once.run(key, fn, options)
  }

  snooze(delay: Duration): never {
    throw new Snooze({ delay })
  }

  in(connection: unknown): { succeed(output: unknown): Promise<void> } {
    return joinTransaction(this.#attempt, this.#services, connection)
  }

  get enqueue(): Producer['enqueue'] {
    return this.#services.producer.enqueue
  }

  get enqueueMany(): Producer['enqueueMany'] {
    return this.#services.producer.enqueueMany
  }

  transaction<R>(connection: unknown, work: (tx: TransactionalClient) => R | Promise<R>): Promise<R> {
    return this.#services.producer.transaction(connection, async (tx) => {
      const output = await work(tx)
      await this.in(connection).succeed(output)
      return output
    })
  }
}

function makeLog(attempt: Attempt, notes: Notes): JobLog {
  const write = (level: JobLogLine['level']) => (message: string, fields?: JobMeta) =>
    notes.line(attempt, level, message, fields)
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
