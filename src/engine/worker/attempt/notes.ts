/**
 * Progress and log lines of running attempts, on their way to the store a few times a second.
 * @module
 */
import type {
  Clock,
  EventBus,
  JobLogLine,
  JobMeta,
  JobNote,
  Progress,
  RecordsFacet,
} from '../../../contract/index.ts'
import { decodeJson, encodeJson } from '../../../kit/json.ts'
import { Outage } from '../../../kit/outage.ts'
import { show } from '../../../kit/show.ts'
import type { Attempt } from './attempt.ts'
import type { PendingNotes } from './pending-notes.ts'

/** Notes wait this long for company. */
const WAIT_MS = 250

/** While the store is down, an attempt keeps its latest lines, and counts the others. */
const MOST_LINES = 1_000

const LONGEST_MESSAGE = 8 * 1_024
const LARGEST_FIELDS = 16 * 1_024

/** Where the clock, the events and the records come from. */
export interface NotesOptions {
  readonly records: RecordsFacet | undefined
  readonly events: EventBus
  readonly clock: Clock
}

/** Gathers notes. A backend without records keeps none; then only listeners hear of progress. */
export class Notes {
  readonly #records: RecordsFacet | undefined
  readonly #clock: Clock
  readonly #outage: Outage
  #pending = new Set<Attempt>()
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> = Promise.resolve()
  #closed = false

  constructor({ records, events, clock }: NotesOptions) {
    this.#records = records
    this.#clock = clock
    this.#outage = new Outage(events, clock, 'note')
  }

  /** Notes how far an attempt is. */
  progress(attempt: Attempt, progress: Progress): void {
    const notes = this.#of(attempt)
    if (notes !== null) notes.progress = progress
  }

  /** Notes a log line of an attempt. What cannot be stored is cut or replaced, for a log must not fail a job. */
  line(attempt: Attempt, level: JobLogLine['level'], message: string, fields: JobMeta | undefined): void {
    const notes = this.#of(attempt)
    if (notes === null) return
    if (notes.lines.length >= MOST_LINES) {
      notes.lines.shift()
      notes.dropped += 1
    }
    notes.lines.push({
      at: this.#clock.now(),
      level,
      message: cut(typeof message === 'string' ? message : show(message)),
      fields: copyFields(fields),
      attempt: attempt.claimed.attempt,
    })
  }

  /** Attempts that have something to say. */
  get size(): number {
    return this.#pending.size
  }

  /** Stores what ended attempts still have to say, since the store takes no notes of them afterwards. */
  async beforeSettle(ended: readonly { readonly attempt: Attempt | null }[]): Promise<void> {
    if (ended.some(({ attempt }) => attempt !== null && attempt.notes !== null)) await this.flush()
  }

  /** Stores everything that waits. A failure is told by events, and what waits is kept for the next time. */
  flush(): Promise<void> {
    this.#sending = this.#sending.then(() => this.#send())
    return this.#sending
  }

  /** Takes no more. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#pending.clear()
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#records === undefined || this.#pending.size === 0) return
    const sent = this.#pending
    this.#pending = new Set()
    const notes = [...sent].map(toNote)
    const taken = [...sent].map((attempt) => {
      const { notes: pending } = attempt
      attempt.notes = null
      return { attempt, pending }
    })
    try {
      await this.#records.note(notes)
      this.#outage.succeeded()
    } catch (error) {
      for (const { attempt, pending } of taken) this.#keep(attempt, pending)
      this.#arm(this.#outage.failed(error))
    }
  }

  /** Puts back what could not be stored, before what came meanwhile. */
  #keep(attempt: Attempt, failed: PendingNotes | null): void {
    if (failed === null) return
    const newer = attempt.notes
    const lines = [...failed.lines, ...(newer?.lines ?? [])]
    const over = Math.max(0, lines.length - MOST_LINES)
    attempt.notes = {
      progress: newer?.progress ?? failed.progress,
      lines: lines.slice(over),
      dropped: failed.dropped + (newer?.dropped ?? 0) + over,
    }
    this.#pending.add(attempt)
  }

  #of(attempt: Attempt): PendingNotes | null {
    // An attempt that is over does not own its job any more: the store would not take it.
    if (this.#records === undefined || this.#closed || attempt.over) return null
    attempt.notes ??= { progress: null, lines: [], dropped: 0 }
    this.#pending.add(attempt)
    if (this.#timer === undefined) this.#arm(WAIT_MS)
    return attempt.notes
  }

  #arm(ms: number): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.flush(), ms)
    this.#timer.unref()
  }
}

function toNote({ claimed, notes }: Attempt): JobNote {
  const lines = notes?.lines ?? []
  const dropped = notes?.dropped ?? 0
  const first = lines[0]
  const gap: JobLogLine[] =
    dropped === 0 || first === undefined
      ? []
      : [{ ...first, level: 'warn', message: `${dropped} log lines are missing here.`, fields: null }]
  return {
    id: claimed.id,
    token: claimed.token,
    progress: notes?.progress ?? null,
    lines: [...gap, ...lines],
  }
}

function cut(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message
  return `${message.slice(0, LONGEST_MESSAGE)}… (${message.length} characters in all)`
}

/** A copy, since the caller may change the object before it is stored. */
function copyFields(fields: JobMeta | undefined): JobMeta | null {
  if (fields === undefined || fields === null) return null
  try {
    const json = encodeJson(fields, 'the fields of a log line')
    if (json.length > LARGEST_FIELDS) return { unloggable: `fields of ${json.length} characters` }
    const copy = decodeJson(json)
    return typeof copy === 'object' && copy !== null && !Array.isArray(copy)
      ? (copy as JobMeta)
      : { value: copy as string }
  } catch (error) {
    return { unloggable: error instanceof Error ? error.message : show(error) }
  }
}
