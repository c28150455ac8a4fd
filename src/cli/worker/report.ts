/**
 * A running worker's events, as one line each.
 * @module
 */
import type { EventBus, EventName, JobError, MillraceEvents } from '../../contract/index.ts'
import { span } from '../figures.ts'
import type { Output, TextStyle } from '../output.ts'
import { oneLine } from '../printable.ts'

interface Line {
  readonly style: TextStyle
  readonly word: string
  readonly text: string
}

type Lines = { readonly [Name in EventName]?: (event: MillraceEvents[Name]) => Line }

/** What is always said: rare things, and things that went wrong. */
const NOTABLE: Lines = {
  'job:retrying': (e) => ({
    style: 'yellow',
    word: 'retrying',
    text: `${job(e)} attempt ${e.attempt} failed, again in ${span(e.delayMs)}: ${errorText(e.error)}`,
  }),
  'job:failed': (e) => ({
    style: 'red',
    word: 'failed',
    text: `${job(e)} attempt ${e.attempt} (${e.reason}): ${errorText(e.error)}`,
  }),
  'job:cancelled': (e) => ({ style: 'dim', word: 'cancelled', text: `${job(e)} (${e.reason})` }),
  'job:released': (e) => ({ style: 'yellow', word: 'given back', text: `${job(e)} unfinished` }),
  'job:lease-lost': (e) => ({
    style: 'red',
    word: 'lease lost',
    text: `${job(e)} attempt ${e.attempt} finished too late; its outcome was not stored`,
  }),
  'job:rescued': (e) => ({
    style: 'yellow',
    word: 'rescued',
    text: `${job(e)} attempt ${e.attempt} from ${oneLine(e.workerId)}, now ${e.state}`,
  }),
  'schedule:reconciled': (e) => ({
    style: 'cyan',
    word: 'schedules',
    text: `${e.added.length} added, ${e.changed.length} changed, ${e.removed.length} removed${e.taken.length === 0 ? '' : `; names taken by others: ${oneLine(e.taken.join(', '))}`}`,
  }),
  'worker:started': (e) => ({
    style: 'green',
    word: 'started',
    text: `${oneLine(e.workerId)}, ${e.slots} slots, queues ${oneLine(e.queues.join(', '))}`,
  }),
  'worker:quiet': () => ({ style: 'yellow', word: 'quiet', text: 'claims no more jobs' }),
  'worker:stopped': (e) => ({
    style: 'green',
    word: 'stopped',
    text: e.released === 0 ? 'nothing was left unfinished' : `${e.released} unfinished given back`,
  }),
  'backend:error': (e) => ({
    style: 'red',
    word: 'store',
    text: `${e.during} failed, again in ${span(e.retryInMs)}: ${oneLine(e.error.message)}`,
  }),
  'backend:recovered': (e) => ({
    style: 'green',
    word: 'store',
    text: `answers again after ${span(e.downMs)}`,
  }),
  'internal:error': (e) => ({
    style: 'red',
    word: 'internal',
    text: `${e.during}: ${oneLine(e.error instanceof Error ? e.error.message : String(e.error))}`,
  }),
}

/** What is said with `--verbose`: every job. */
const EVERY_JOB: Lines = {
  'schedule:fired': (e) => ({
    style: e.outcome === 'missed' ? 'yellow' : 'cyan',
    word: e.outcome === 'enqueued' ? 'fired' : e.outcome,
    text: `${oneLine(e.schedule)} of ${new Date(e.dueAt).toISOString()}${e.count > 1 ? ` and ${e.count - 1} more` : ''}, ${span(e.lagMs)} late`,
  }),
  'job:started': (e) => ({ style: 'cyan', word: 'running', text: `${job(e)} after ${span(e.waitMs)}` }),
  'job:succeeded': (e) => ({ style: 'green', word: 'done', text: `${job(e)} in ${span(e.runMs)}` }),
  'job:snoozed': (e) => ({ style: 'dim', word: 'snoozed', text: `${job(e)} for ${span(e.delayMs)}` }),
}

/** Prints events until the answer is called. With `--json`, an event is one line `{event, …}`. */
export function reportEvents(events: EventBus, output: Output, verbose: boolean): () => void {
  const lines: Lines = verbose ? { ...NOTABLE, ...EVERY_JOB } : NOTABLE
  // A listener on every job costs a busy worker time, so there is none unless it was asked for.
  const stops = (Object.keys(lines) as EventName[]).map((name) => listen(events, name, lines, output))
  return () => {
    for (const stop of stops) stop()
  }
}

function listen<Name extends EventName>(
  events: EventBus,
  name: Name,
  lines: Lines,
  output: Output,
): () => void {
  const render = lines[name]
  return events.on(name, (event) => {
    if (output.json) return output.record({ event: name, ...plainEvent(event) })
    if (render === undefined) return
    const { style, word, text } = render(event)
    const clock = new Date(event.at).toTimeString().slice(0, 8)
    output.text(`${output.style('dim', clock)} ${output.style(style, word.padEnd(10))} ${text}`)
  })
}

/** Errors have no fields of their own in JSON. */
function plainEvent(event: object): object {
  const entries = Object.entries(event).map(([key, value]) => [
    key,
    value instanceof Error ? { name: value.name, message: value.message } : value,
  ])
  return Object.fromEntries(entries)
}

function job(event: { readonly id: string; readonly task: string }): string {
  return oneLine(`${event.task} ${event.id}`)
}

function errorText(error: JobError): string {
  return oneLine(`${error.name}: ${error.message}`)
}
