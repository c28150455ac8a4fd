/**
 * Everything that can be done from the pages: who may, and what it comes to.
 * @module
 */
import type { ChangeReceipt } from '../../../contract/index.ts'
import type { Flash, Role } from '../../protocol.ts'
import { idsOfGroup } from '../pages/failures.ts'
import { filterOf, readQuery } from '../pages/job-query.ts'
import { badRequest } from '../problem.ts'
import type { Site } from '../site.ts'

/** Most jobs that one request changes; the answer says where more match. */
const MOST_AT_ONCE = 10_000
const PAGE = 1_000

/** What an action gets: the fields of its form. */
type Form = URLSearchParams

/** What came of it. */
interface Done {
  readonly target: readonly string[]
  readonly flash: Flash
}

/** One thing that can be done. */
export interface Action {
  readonly role: Role
  run(site: Site, form: Form): Promise<Done>
}

/** By name, as in `POST /do/<name>`. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  'job.retry': jobAction('operate', 'set to run again', (site, ids) => site.app.retry(ids)),
  'job.cancel': jobAction('operate', 'cancelled', (site, ids) => site.app.cancel(ids)),
  'job.delete': jobAction('admin', 'deleted', (site, ids) => site.app.delete(ids)),
  'queue.pause': queueAction('operate', async (site, name) => {
    await site.app.queues.pause(name)
    return `Queue ${name} is paused: running jobs go on, no new ones start.`
  }),
  'queue.resume': queueAction('operate', async (site, name) => {
    await site.app.queues.resume(name)
    return `Queue ${name} goes on.`
  }),
  'queue.drain': queueAction('admin', async (site, name) => {
    const cancelled = await site.app.queues.drain(name)
    return `${many(cancelled, 'waiting job')} of ${name} cancelled.`
  }),
  'schedule.pause': scheduleAction('operate', async (site, name) => {
    await site.app.schedules.pause(name)
    return `Schedule ${name} is paused: it fires no more until it is resumed.`
  }),
  'schedule.resume': scheduleAction('operate', async (site, name) => {
    await site.app.schedules.resume(name)
    return `Schedule ${name} goes on with its next time.`
  }),
  'schedule.run': scheduleAction('operate', async (site, name) => {
    const { id } = await site.app.schedules.runNow(name)
    return `Schedule ${name} was fired: job ${id}.`
  }),
  'worker.quiet': workerAction('operate', 'quiet', 'takes on no new jobs'),
  'worker.stop': workerAction('admin', 'stop', 'was asked to stop'),
}

function jobAction(
  role: Role,
  done: string,
  change: (site: Site, ids: readonly string[]) => Promise<readonly ChangeReceipt[]>,
): Action {
  return {
    role,
    async run(site, form) {
      const { ids, more } = await chosen(site, form)
      if (ids.length === 0) throw badRequest('No job is chosen.', 'id')
      const receipts = await change(site, ids)
      return { target: ids, flash: told(receipts, done, more) }
    },
  }
}

/** The jobs a form is about: those it names, those of a failure, or all that match a search. */
async function chosen(
  site: Site,
  form: Form,
): Promise<{ readonly ids: readonly string[]; readonly more: boolean }> {
  const fingerprint = form.get('fingerprint')
  if (fingerprint !== null) {
    const states = form.getAll('of').includes('retrying')
      ? (['failed', 'retrying'] as const)
      : (['failed'] as const)
    return { ids: await idsOfGroup(site, fingerprint, states), more: false }
  }
  const matching = form.get('matching')
  if (matching === null) return { ids: [...new Set(form.getAll('id'))], more: false }
  const query = readQuery(new URLSearchParams(matching))
  const ids: string[] = []
  let after: string | null = null
  do {
    const page = await site.app.list(filterOf(query), { limit: PAGE, after, order: query.order })
    ids.push(...page.jobs.map(({ id }) => id))
    after = page.next
  } while (after !== null && ids.length < MOST_AT_ONCE)
  return { ids, more: after !== null }
}

function told(receipts: readonly ChangeReceipt[], done: string, more: boolean): Flash {
  const count = (outcome: ChangeReceipt['outcome']): number =>
    receipts.filter((receipt) => receipt.outcome === outcome).length
  const parts = [`${many(count('done'), 'job')} ${done}`]
  if (count('requested') > 0) parts.push(`${count('requested')} running asked to abort`)
  if (count('refused') > 0) parts.push(`${count('refused')} left alone, since their state does not allow it`)
  if (count('not-found') > 0) parts.push(`${count('not-found')} gone already`)
  const rest = more ? ' More match: do it again for the next ones.' : ''
  const good = count('done') + count('requested') > 0
  return { tone: good ? 'good' : 'bad', text: `${parts.join(', ')}.${rest}` }
}

type Change = (site: Site, name: string) => Promise<string>

function queueAction(role: Role, change: Change): Action {
  return namedAction('queue', role, change)
}

function scheduleAction(role: Role, change: Change): Action {
  return namedAction('schedule', role, change)
}

function namedAction(field: 'queue' | 'schedule', role: Role, change: Change): Action {
  return {
    role,
    async run(site, form) {
      const name = need(form, field)
      return { target: [name], flash: { tone: 'good', text: await change(site, name) } }
    },
  }
}

function workerAction(role: Role, kind: 'quiet' | 'stop', done: string): Action {
  return {
    role,
    async run(site, form) {
      const id = need(form, 'worker')
      const { control } = await site.app.ready()
      const workers = (await control?.workers()) ?? []
      if (control === undefined || !workers.some((worker) => worker.id === id)) {
        throw badRequest('There is no such worker (any more).', 'worker')
      }
      await control.send(id, { kind })
      return { target: [id], flash: { tone: 'good', text: `Worker ${id} ${done}.` } }
    },
  }
}

function need(form: Form, field: string): string {
  const value = form.get(field)
  if (value === null || value === '') throw badRequest(`The field ${field} is missing.`, field)
  return value
}

function many(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}
