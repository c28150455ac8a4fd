/**
 * Reading and correcting stored jobs.
 * @module
 */
import type {
  AttemptRecord,
  Backend,
  ChangeReceipt,
  Duration,
  Ids,
  JobFilter,
  JobLogLine,
  JobView,
  JobViewPage,
  RecordsFacet,
  WorkerRecord,
} from '../../contract/index.ts'
import { checkInteger, checkName } from '../../kit/check.ts'
import { parseDuration } from '../../kit/durations.ts'
import { readTime } from '../../kit/moment.ts'
import { type PageOptions, readFilter, readNames, readPage } from './arguments.ts'
import type { ClientContext } from './context.ts'
import { needFacet } from './facet.ts'
import { toView } from './job-view.ts'

/** Most ids in one call to the backend. */
const MOST_PER_CALL = 1000
const MOST_LOG_LINES = 10_000

/** A job may start or end between two looks at it; after so many the last answer stands. */
const CANCEL_ROUNDS = 3

/** What people do with jobs by hand. Arguments are checked before the backend is asked. */
export class Jobs {
  readonly #context: Pick<ClientContext, 'source' | 'codecs'>

  constructor(context: Pick<ClientContext, 'source' | 'codecs'>) {
    this.#context = context
  }

  async get(id: string): Promise<JobView | null> {
    checkName(id, 'id')
    const [job] = await (await this.#records('app.get()')).get([id])
    return job === undefined || job === null ? null : toView(job, this.#context.codecs)
  }

  async list(filter: JobFilter = {}, page: PageOptions = {}): Promise<JobViewPage> {
    const [wanted, request] = [readFilter(filter), readPage(page)]
    const found = await (await this.#records('app.list()')).list(wanted, request)
    return { jobs: found.jobs.map((job) => toView(job, this.#context.codecs)), next: found.next }
  }

  async attempts(id: string): Promise<readonly AttemptRecord[]> {
    checkName(id, 'id')
    return (await this.#records('app.attempts()')).attempts(id)
  }

  async logs(id: string, limit = 1000): Promise<readonly JobLogLine[]> {
    checkName(id, 'id')
    checkInteger(limit, 'limit', 1, MOST_LOG_LINES)
    return (await this.#records('app.logs()')).logs(id, limit)
  }

  async cancel(ids: Ids): Promise<readonly ChangeReceipt[]> {
    const names = readNames(ids, 'ids')
    const backend = await this.#context.source.open()
    const records = needFacet(backend, 'records', 'app.cancel()')
    const receipts = new Map<string, ChangeReceipt>()
    let left = names
    for (let round = 0; round < CANCEL_ROUNDS && left.length > 0; round++) {
      const answers = await inChunks(left, (chunk) => records.cancel(chunk, 'requested'))
      for (const answer of answers) receipts.set(answer.id, answer)
      const active = answers.filter(({ outcome, state }) => outcome === 'refused' && state === 'active')
      left = await requestCancel(backend, active, receipts)
    }
    return inOrder(names, receipts)
  }

  async retry(ids: Ids): Promise<readonly ChangeReceipt[]> {
    const names = readNames(ids, 'ids')
    const records = await this.#records('app.retry()')
    return inChunks(names, (chunk) => records.requeue(chunk))
  }

  async reschedule(ids: Ids, when: Date | Duration): Promise<readonly ChangeReceipt[]> {
    const names = readNames(ids, 'ids')
    const time = when instanceof Date ? readTime(when, 'when') : null
    const delayMs = when instanceof Date ? 0 : parseDuration(when, 'when')
    const records = await this.#records('app.reschedule()')
    // A duration counts from the store's now, whatever the clock of this machine says.
    const dueAt = time ?? (await (await this.#context.source.open()).info()).now + delayMs
    return inChunks(names, (chunk) => records.reschedule(chunk, dueAt))
  }

  async delete(ids: Ids): Promise<readonly ChangeReceipt[]> {
    const names = readNames(ids, 'ids')
    const records = await this.#records('app.delete()')
    return inChunks(names, (chunk) => records.delete(chunk))
  }

  async workers(): Promise<readonly WorkerRecord[]> {
    return needFacet(await this.#context.source.open(), 'control', 'app.workers()').workers()
  }

  async #records(wanted: string): Promise<RecordsFacet> {
    return needFacet(await this.#context.source.open(), 'records', wanted)
  }
}

/** Asks the workers of running jobs; answers the ids that were running no more, to be looked at again. */
async function requestCancel(
  backend: Backend,
  active: readonly ChangeReceipt[],
  receipts: Map<string, ChangeReceipt>,
): Promise<readonly string[]> {
  // Without the facet the refusal, with the state `active`, is the answer.
  if (active.length === 0 || backend.control === undefined) return []
  const { control } = backend
  const ids = active.map(({ id }) => id)
  const answers = await inChunks(ids, (chunk) => control.requestCancel(chunk))
  for (const { id, outcome } of answers) {
    if (outcome === 'requested') receipts.set(id, { id, outcome: 'requested', state: 'active' })
  }
  return answers.filter(({ outcome }) => outcome === 'not-active').map(({ id }) => id)
}

async function inChunks<T>(
  ids: readonly string[],
  call: (chunk: readonly string[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  if (ids.length === 0) return []
  if (ids.length <= MOST_PER_CALL) return call(ids)
  const answers: T[] = []
  for (let from = 0; from < ids.length; from += MOST_PER_CALL) {
    answers.push(...(await call(ids.slice(from, from + MOST_PER_CALL))))
  }
  return answers
}

function inOrder(
  ids: readonly string[],
  receipts: ReadonlyMap<string, ChangeReceipt>,
): readonly ChangeReceipt[] {
  return ids.map((id) => receipts.get(id) ?? { id, outcome: 'not-found', state: null })
}
