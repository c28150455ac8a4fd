/**
 * Facet `schedules`: rows by name, and their latest firings.
 * @module
 */
import type {
  FiringRecord,
  ScheduleChange,
  ScheduleRecord,
  SchedulesFacet,
  ScheduleWritten,
} from '../../contract/index.ts'
import { FIRINGS_KEPT } from '../../contract/index.ts'
import { enqueue } from './enqueue.ts'
import type { Store } from './store.ts'

interface Entry {
  row: ScheduleRecord
  /** The oldest first; `before` of them are gone. */
  firings: FiringRecord[]
  before: number
}

/** Makes the facet. */
export function schedulesFacet(store: Store): SchedulesFacet {
  const entries = new Map<string, Entry>()
  let revision = 0
  const sorted = (): ScheduleRecord[] =>
    [...entries.values()].map(({ row }) => row).sort((a, b) => compareBytes(a.name, b.name))

  const write = (change: ScheduleChange): ScheduleWritten => {
    const { schedule, firings } = change
    const entry = entries.get(schedule.name)
    if ((entry?.row.revision ?? 0) !== schedule.revision) return { written: false, receipts: [] }
    const receipts = enqueue(
      store,
      firings.flatMap(({ job }) => job ?? []),
    )
    const at = store.now()
    const row = structuredClone({ ...schedule, revision: ++revision })
    const kept = entry ?? { row, firings: [], before: 0 }
    kept.row = row
    entries.set(schedule.name, kept)
    let used = 0
    for (const { job, ...firing } of firings) {
      kept.firings.push({ ...firing, at, jobId: job === null ? null : (receipts[used++]?.id ?? null) })
    }
    const surplus = Math.max(0, kept.firings.length - FIRINGS_KEPT)
    kept.firings.splice(0, surplus)
    kept.before += surplus
    return { written: true, receipts }
  }

  return {
    async get(names) {
      store.assertOpen()
      return names.map((name) => entries.get(name)?.row ?? null)
    },

    async list({ limit, after }) {
      store.assertOpen()
      const rows = sorted().filter(({ name }) => after === null || compareBytes(name, after) > 0)
      const schedules = rows.slice(0, limit)
      return { schedules, next: rows.length > limit ? (schedules.at(-1)?.name ?? null) : null }
    },

    async due(limit) {
      store.assertOpen()
      const now = store.now()
      const rows = sorted().filter(({ paused }) => !paused)
      const byTime = (time: 'nextAt' | 'heldAt'): ScheduleRecord[] =>
        rows.filter((row) => row[time] !== null).sort((a, b) => (a[time] ?? 0) - (b[time] ?? 0))
      const waiting = byTime('nextAt')
      const next = waiting.find(({ nextAt }) => nextAt !== null && nextAt > now)?.nextAt ?? null
      return {
        now,
        due: waiting.filter(({ nextAt }) => nextAt !== null && nextAt <= now).slice(0, limit),
        held: byTime('heldAt').slice(0, limit),
        nextInMs: next === null ? null : next - now,
      }
    },

    async write(changes) {
      store.assertOpen()
      const answers = changes.map(write)
      if (answers.some(({ written }) => written)) store.wakes.schedules()
      return answers
    },

    async remove(names) {
      store.assertOpen()
      const removed = names.map((name) => entries.delete(name))
      if (removed.includes(true)) store.wakes.schedules()
      return removed
    },

    async history(name, { limit, after }) {
      store.assertOpen()
      const { firings, before } = entries.get(name) ?? { firings: [], before: 0 }
      const end = after === null ? firings.length : Math.max(0, Number(after) - before)
      const start = Math.max(0, end - limit)
      const page = firings.slice(start, end).reverse()
      return { firings: page, next: start > 0 ? String(before + start) : null }
    },
  }
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
