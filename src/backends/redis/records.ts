/**
 * Facet `records`: reading and correcting stored jobs. Listing, changing and moving have files of their own.
 * @module
 */
import type { JobNote, QueueCount, RecordsFacet } from '../../contract/index.ts'
import { change } from './changes.ts'
import type { RedisConnection } from './connection.ts'
import { keyOf } from './job-key.ts'
import { list } from './list.ts'
import { prune } from './prune.ts'
import { type FoundJob, KEPT, readJobs } from './read.ts'
import { reasonNumber, stateOf } from './record.ts'
import { RequestWriter } from './request.ts'
import { restore } from './restore.ts'

/** The facet. */
export function recordsFacet(connection: RedisConnection): RecordsFacet {
  const one = async (id: string, what: number, mostLogs?: number): Promise<FoundJob | null> =>
    (await readJobs(connection, [id], what, mostLogs))[0] ?? null
  return {
    get: async (ids) => (await readJobs(connection, ids, KEPT.nothing)).map((found) => found?.job ?? null),
    list: (filter, page) => list(connection, filter, page),
    counts: () => counts(connection),
    attempts: async (id) => (await one(id, KEPT.attempts))?.attempts ?? [],
    logs: async (id, limit) => (limit < 1 ? [] : ((await one(id, KEPT.logs, limit))?.logs ?? [])),
    note: (notes) => note(connection, notes),
    cancel: (ids, reason) => change(connection, 'cancel', ids, reasonNumber(reason)),
    requeue: (ids) => change(connection, 'requeue', ids),
    reschedule: (ids, dueAt) => change(connection, 'reschedule', ids, dueAt),
    delete: (ids) => change(connection, 'delete', ids),
    prune: (rules, limit) => prune(connection, rules, limit),
    hold: (ids) => change(connection, 'hold', ids),
    async export(ids) {
      const found = await readJobs(connection, ids, KEPT.all)
      return found.map((job) => {
        if (job === null) return null
        const { seq: _, ...stored } = job
        return stored
      })
    },
    restore: (jobs) => restore(connection, jobs),
  }
}

/** Fields are a state's digit and a queue. */
async function counts(connection: RedisConnection): Promise<QueueCount[]> {
  const fields = (await connection.command('HGETALL', connection.scripts.key('counts'))) as string[]
  const found: QueueCount[] = []
  for (let at = 0; at < fields.length; at += 2) {
    const [field, count] = [fields[at] ?? '', Number(fields[at + 1])]
    found.push({ queue: field.slice(1), state: stateOf(Number(field[0])), count })
  }
  return found
}

async function note(connection: RedisConnection, notes: readonly JobNote[]): Promise<void> {
  if (notes.length === 0) return
  const request = new RequestWriter().u16(notes.length)
  for (const { id, token, progress, lines } of notes) {
    request
      .raw(keyOf(id))
      .u48(token)
      .long(progress === null ? '' : JSON.stringify(progress))
    request.u16(lines.length)
    for (const line of lines) request.long(JSON.stringify(line))
  }
  await connection.run('note', request)
}
