/**
 * `app.schedules`: schedules, as people handle them.
 * @module
 */
import type {
  AnyTask,
  FiringPage,
  Receipt,
  Reconciled,
  ScheduleDefinition,
  ScheduleDrift,
  ScheduleEntry,
  ScheduleOptions,
  SchedulePage,
  ScheduleRecord,
  Schedules,
  SchedulesFacet,
  ScheduleView,
  ScheduleViewPage,
} from '../contract/index.ts'
import { InvalidOptionError, ScheduleError } from '../contract/index.ts'
import { checkInteger, checkKeys, checkName } from '../kit/check.ts'
import { newId } from '../kit/ids.ts'
import { show } from '../kit/show.ts'
import { type GivenSchedule, readSchedule } from './definition.ts'
import { firingJob } from './firing-job.ts'
import type { SchedulerContext } from './ports.ts'
import { defineSchedule, differences, driftOf, reconcile } from './reconcile.ts'
import { nextTime, nextTimes, timingText } from './timeline.ts'
import { allSchedules, schedulesOf, writeSchedules } from './write.ts'

const LARGEST_PAGE = 1_000
const DEFAULT_PAGE = 100
/** Tries against others who write the same schedule. */
const MOST_TRIES = 20

type PageOptions = { readonly limit?: number; readonly after?: string | null }

/** See the contract's `Schedules`. */
export class ScheduleControl implements Schedules {
  readonly #context: SchedulerContext

  constructor(context: SchedulerContext) {
    this.#context = context
  }

  async put<T extends AnyTask>(
    name: string,
    schedule: ScheduleOptions<T> | ScheduleEntry,
  ): Promise<'added' | 'changed' | 'unchanged'> {
    const facet = await this.#facet('put')
    const origin = { source: 'dynamic', group: null, prefix: '' } as const
    const given = schedule as GivenSchedule
    const definition = await readSchedule(this.#context.jobs, name, given, origin)
    return this.#retry(name, facet, async (stored, now) => {
      refuseDeclared(stored)
      if (stored !== null && differences(definition, stored).length === 0) return 'unchanged'
      if (nextTime(definition, now) === null) {
        throw new InvalidOptionError('at', `Schedule '${name}' would never fire: all its times are past.`)
      }
      const change = defineSchedule(definition, stored, now)
      return (await this.#write(facet, [change], now)) && (stored === null ? 'added' : 'changed')
    })
  }

  async get(name: string): Promise<ScheduleView | null> {
    checkName(name, 'name')
    const [row] = await (await this.#facet('get')).get([name])
    return row === undefined || row === null ? null : this.#view(row)
  }

  async list(page: PageOptions = {}): Promise<ScheduleViewPage> {
    const request = readPage(page)
    const found: SchedulePage = await (await this.#facet('list')).list(request)
    return { schedules: found.schedules.map((row) => this.#view(row)), next: found.next }
  }

  pause(names: string | readonly string[]): Promise<void> {
    return this.#changeAll('pause', names, (row) => ({ ...row, paused: true }))
  }

  resume(names: string | readonly string[]): Promise<void> {
    return this.#changeAll('resume', names, (row, now) =>
      row.paused ? { ...row, paused: false, nextAt: nextTime(row, now) } : row,
    )
  }

  async runNow(name: string): Promise<Receipt> {
    checkName(name, 'name')
    const facet = await this.#facet('runNow')
    return this.#retry(name, facet, async (stored, now) => {
      const row = existing(name, stored)
      const job = firingJob({ ...row, jitterMs: 0 }, now, newId())
      const openJobs = row.overlap === 'allow' ? [job.id] : [...row.openJobs, job.id]
      const firing = { dueAt: now, outcome: 'enqueued', manual: true, count: 1, job } as const
      const change = { schedule: { ...row, openJobs }, firings: [firing] }
      const [answer] = await writeSchedules(this.#context, facet, [change], now)
      const receipt = answer?.written === true ? answer.receipts[0] : undefined
      return receipt !== undefined && { ...receipt, task: job.task }
    })
  }

  async remove(names: string | readonly string[]): Promise<void> {
    const wanted = readNames(names)
    const facet = await this.#facet('remove')
    const declared = new Set((await this.#declared())?.map(({ name }) => name))
    const rows = await facet.get(wanted)
    for (const [index, name] of wanted.entries()) {
      if (declared.has(name)) refuseDeclared(existing(name, rows[index] ?? null))
      existing(name, rows[index] ?? null)
    }
    await facet.remove(wanted)
  }

  async next(name: string, count = 10): Promise<readonly Date[]> {
    checkName(name, 'name')
    checkInteger(count, 'count', 1, LARGEST_PAGE)
    const facet = await this.#facet('next')
    const [[stored], { now }] = await Promise.all([facet.get([name]), facet.due(1)])
    return nextTimes(existing(name, stored ?? null), now, count).map((time) => new Date(time))
  }

  async history(name: string, page: PageOptions = {}): Promise<FiringPage> {
    checkName(name, 'name')
    const request = readPage(page)
    return (await this.#facet('history')).history(name, request)
  }

  async drift(): Promise<readonly ScheduleDrift[]> {
    const facet = await this.#facet('drift')
    const definitions = await this.#declared()
    const group = this.#context.declared?.group
    if (definitions === null || group === undefined) return []
    return driftOf(group, definitions, await allSchedules(facet))
  }

  async reconcile(): Promise<Reconciled> {
    const facet = await this.#facet('reconcile')
    const definitions = await this.#declared()
    const group = this.#context.declared?.group
    if (definitions === null || group === undefined) return { added: [], changed: [], removed: [], taken: [] }
    const done = await reconcile(facet, group, definitions)
    this.#context.events.emit('schedule:reconciled', { at: this.#context.clock.now(), ...done })
    return done
  }

  async #facet(call: keyof Schedules): Promise<SchedulesFacet> {
    return schedulesOf(await this.#context.open(), `app.schedules.${call}()`)
  }

  async #declared(): Promise<readonly ScheduleDefinition[] | null> {
    const { declared } = this.#context
    return declared === null ? null : Promise.all(declared.definitions)
  }

  async #write(
    facet: SchedulesFacet,
    changes: Parameters<typeof writeSchedules>[2],
    now: number,
  ): Promise<boolean> {
    const answers = await writeSchedules(this.#context, facet, changes, now)
    return answers.every(({ written }) => written)
  }

  async #changeAll(
    call: 'pause' | 'resume',
    names: string | readonly string[],
    change: (row: ScheduleRecord, now: number) => ScheduleRecord,
  ): Promise<void> {
    const wanted = readNames(names)
    const facet = await this.#facet(call)
    // All are looked for first, so that a slip in the last name leaves the others alone.
    for (const [index, row] of (await facet.get(wanted)).entries()) existing(wanted[index] ?? '', row)
    for (const name of wanted) {
      await this.#retry(name, facet, async (stored, now) => {
        const row = existing(name, stored)
        const schedule = change(row, now)
        return schedule === row || (await this.#write(facet, [{ schedule, firings: [] }], now))
      })
    }
  }

  /** Reads, decides and writes, until nobody else has written in between. `work` answers false where somebody had. */
  async #retry<T>(
    name: string,
    facet: SchedulesFacet,
    work: (stored: ScheduleRecord | null, now: number) => Promise<T | false>,
  ): Promise<T> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const [[stored], { now }] = await Promise.all([facet.get([name]), facet.due(1)])
      const done = await work(stored ?? null, now)
      if (done !== false) return done
    }
    throw new ScheduleError(
      'schedule-refused',
      `Schedule '${name}' is being written all the time by others: ${MOST_TRIES} tries came too late. Try again.`,
    )
  }

  #view(row: ScheduleRecord): ScheduleView {
    let input: unknown
    try {
      input = this.#context.decode(row.job.payload)
    } catch {
      // Written with a codec that this app does not have: everything else can be shown.
      input = undefined
    }
    return { ...row, when: timingText(row), input }
  }
}

function existing(name: string, stored: ScheduleRecord | null): ScheduleRecord {
  if (stored !== null) return stored
  throw new ScheduleError('schedule-not-found', `There is no schedule '${name}' in the store.`, {
    field: 'name',
  })
}

function refuseDeclared(stored: ScheduleRecord | null): void {
  if (stored === null || stored.source === 'dynamic') return
  const where = stored.source === 'code' ? 'in code' : 'in a file'
  throw new ScheduleError(
    'schedule-refused',
    `Schedule '${stored.name}' is declared ${where} (group '${stored.group}'): change it there, or pause it.`,
    { field: 'name' },
  )
}

function readNames(names: string | readonly string[]): readonly string[] {
  if (typeof names === 'string') return [checkName(names, 'names')]
  if (!Array.isArray(names)) {
    throw new InvalidOptionError('names', `names must be text or a list of texts, got ${show(names)}.`)
  }
  return [...new Set(names.map((name, index) => checkName(name, `names[${index}]`)))]
}

function readPage(page: PageOptions): { readonly limit: number; readonly after: string | null } {
  checkKeys(page, ['limit', 'after'], 'the page')
  const { limit = DEFAULT_PAGE, after = null } = page
  if (after !== null && (typeof after !== 'string' || after === '')) {
    throw new InvalidOptionError('after', `after must be the 'next' of the page before, got ${show(after)}.`)
  }
  return { limit: checkInteger(limit, 'limit', 1, LARGEST_PAGE), after }
}
