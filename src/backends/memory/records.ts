/**
 * Facet `records`: reading and searching stored jobs.
 * @module
 */
import type {
  JobFilter,
  JobNote,
  JobPage,
  JobRecord,
  PageRequest,
  QueueCount,
  RecordsFacet,
} from '../../contract/index.ts'
import { InvalidOptionError } from '../../contract/index.ts'
import { checkInteger } from '../../kit/check.ts'
import * as changes from './changes.ts'
import { prune } from './maintain.ts'
import { attemptsOf, type Row, toRecord, toStored } from './row.ts'
import type { Store } from './store.ts'

/** Makes the facet. */
export function recordsFacet(store: Store): RecordsFacet {
  /** Every call looks first whether the store is still there, and rejects rather than throws. */
  const open = async <T>(work: () => T): Promise<T> => {
    store.assertOpen()
    return work()
  }
  return {
    get: (ids) => open(() => ids.map((id) => record(store, id))),
    list: (filter, page) => open(() => list(store, filter, page)),
    counts: () => open(() => counts(store)),
    attempts: (id) =>
      open(() => {
        const row = store.jobs.get(id)
        return row === undefined ? [] : attemptsOf(row)
      }),
    logs: (id, limit) =>
      open(() => {
        const lines = store.jobs.get(id)?.logs ?? []
        return structuredClone(lines.slice(Math.max(0, lines.length - limit)))
      }),
    note: (notes) =>
      open(() => {
        for (const note of notes) write(store, note)
      }),
    cancel: (ids, reason) => open(() => changes.cancel(store, ids, reason)),
    requeue: (ids) => open(() => changes.requeue(store, ids)),
    reschedule: (ids, dueAt) => open(() => changes.reschedule(store, ids, dueAt)),
    delete: (ids) => open(() => changes.remove(store, ids)),
    hold: (ids) => open(() => changes.hold(store, ids)),
    export: (ids) =>
      open(() =>
        ids.map((id) => {
          const row = store.jobs.get(id)
          return row === undefined ? null : toStored(row)
        }),
      ),
    restore: (jobs) => open(() => changes.restore(store, jobs)),
    prune: (rules, limit) => open(() => prune(store, rules, limit)),
  }
}

function record(store: Store, id: string): JobRecord | null {
  const row = store.jobs.get(id)
  return row === undefined ? null : toRecord(row)
}

function list(store: Store, filter: JobFilter, page: PageRequest): JobPage {
  const matches = matcher(filter)
  const rows: Row[] = []
  for (const row of store.journal.walk(page.order, cursor(page))) {
    if (!matches(row)) continue
    // One more than asked for was found, so there is a next page.
    if (rows.length === page.limit) return { jobs: rows.map(toRecord), next: String(rows.at(-1)?.seq) }
    rows.push(row)
  }
  return { jobs: rows.map(toRecord), next: null }
}

function cursor(page: PageRequest): number | null {
  checkInteger(page.limit, 'limit', 1, 1_000)
  if (page.after === null) return null
  if (/^[1-9]\d{0,15}$/.test(page.after)) return Number(page.after)
  throw new InvalidOptionError(
    'after',
    'after must be the "next" of an earlier page, or null for the first page.',
  )
}

function matcher(filter: JobFilter): (row: Row) => boolean {
  const text = filter.text?.toLowerCase()
  const found = (piece: string | undefined) => piece?.toLowerCase().includes(text ?? '') ?? false
  return (row) =>
    (filter.states?.includes(row.state) ?? true) &&
    (filter.queues?.includes(row.queue) ?? true) &&
    (filter.tasks?.includes(row.task) ?? true) &&
    (filter.tags?.every((tag) => row.tags.includes(tag)) ?? true) &&
    (filter.reasons === undefined || (row.reason !== null && filter.reasons.includes(row.reason))) &&
    row.createdAt >= (filter.createdFrom ?? Number.NEGATIVE_INFINITY) &&
    row.createdAt < (filter.createdBefore ?? Number.POSITIVE_INFINITY) &&
    (text === undefined ||
      found(row.id) ||
      found(row.task) ||
      found(row.payload) ||
      found(row.error?.message))
}

function counts(store: Store): QueueCount[] {
  const all = [...store.queues].flatMap(([queue, lines]) =>
    [...lines.counts].map(([state, count]) => ({ queue, state, count })),
  )
  return all.filter(({ count }) => count > 0)
}

function write(store: Store, note: JobNote): void {
  const row = store.running(note)
  if (row === undefined) return
  if (note.progress !== null) row.progress = Object.freeze({ ...note.progress })
  if (note.lines.length === 0) return
  row.logs ??= []
  row.logs.push(...structuredClone(note.lines))
}
