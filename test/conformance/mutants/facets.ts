/**
 * Facets broken on purpose, each in one way, and the cases that have to notice.
 * @module
 */
import { forger, type Mutant, reading } from './mutant.ts'

export const facetMutants: readonly Mutant[] = [
  {
    name: 'ignores the token of a checkpoint',
    caughtBy: ['checkpoint/fenced'],
    byModel: true,
    breaks(backend) {
      const { watch, forge } = forger(backend)
      const { checkpoints } = backend
      if (checkpoints === undefined) return watch
      const begin: typeof checkpoints.begin = (job, key) => checkpoints.begin(forge(job), key)
      return { ...watch, checkpoints: { ...checkpoints, begin } }
    },
  },
  {
    name: 'ignores pauses',
    caughtBy: ['limits/pause', 'limits/running'],
    byModel: true,
    breaks: (backend) => (backend.limits ? { limits: { ...backend.limits, pause: async () => {} } } : {}),
  },
  {
    name: 'takes totals from the jobs that are kept',
    caughtBy: ['metrics/totals'],
    byModel: false,
    breaks({ metrics, records }) {
      if (metrics === undefined || records === undefined) return {}
      const queues: typeof metrics.queues = async () => {
        const counts = await records.counts()
        const kept = (queue: string, state: string): number =>
          counts.find((one) => one.queue === queue && one.state === state)?.count ?? 0
        return (await metrics.queues()).map(({ queue, oldestDueAt }) => ({
          queue,
          oldestDueAt,
          finished: {
            succeeded: kept(queue, 'succeeded'),
            failed: kept(queue, 'failed'),
            cancelled: kept(queue, 'cancelled'),
          },
        }))
      }
      return { metrics: { ...metrics, queues } }
    },
  },
  {
    name: 'repeats a job on the next page',
    caughtBy: ['records/pages'],
    byModel: false,
    breaks: (backend) =>
      reading(backend, (records) => ({
        list: async (filter, page) => {
          const found = await records.list(filter, page)
          const before = found.next === null ? null : Number(found.next) + (page.order === 'newest' ? 1 : -1)
          return { ...found, next: before === null || before < 1 ? found.next : String(before) }
        },
      })),
  },
  {
    name: 'ignores filters by tag and text',
    caughtBy: ['records/filters', 'records/text'],
    byModel: false,
    breaks: (backend) =>
      reading(backend, (records) => ({
        list: ({ tags: _tags, text: _text, ...filter }, page) => records.list(filter, page),
      })),
  },
  {
    name: 'miscounts',
    caughtBy: ['records/counts'],
    byModel: true,
    breaks: (backend) =>
      reading(backend, (records) => ({
        counts: async () => (await records.counts()).map((entry) => ({ ...entry, count: entry.count + 1 })),
      })),
  },
  {
    name: 'prunes one too many',
    caughtBy: ['prune/count', 'prune/in-slices'],
    byModel: true,
    breaks: (backend) =>
      reading(backend, (records) => ({
        prune: (rules, limit) => {
          const less = (count: number | null) => (count === null ? null : Math.max(0, count - 1))
          return records.prune(
            rules.map((rule) => ({ ...rule, maxCount: less(rule.maxCount) })),
            limit,
          )
        },
      })),
  },
  {
    name: 'does not hold what it is told to',
    caughtBy: ['change/hold', 'move/hold', 'transition/hold'],
    byModel: true,
    breaks: (backend) =>
      reading(backend, (records) => ({
        hold: async (ids) => {
          const receipts = await records.hold(ids)
          await records.requeue(receipts.filter(({ outcome }) => outcome === 'done').map(({ id }) => id))
          return receipts
        },
      })),
  },
  {
    name: 'forgets checkpoints and keys when jobs are moved',
    caughtBy: ['move/checkpoints', 'move/key'],
    byModel: true,
    breaks: (backend) =>
      reading(backend, (records) => ({
        restore: (jobs) => records.restore(jobs.map((job) => ({ ...job, checkpoints: [], unique: null }))),
      })),
  },
  {
    name: 'delivers commands again and again',
    caughtBy: ['control/commands'],
    byModel: true,
    breaks(backend) {
      const { control } = backend
      if (control === undefined) return {}
      const receive: typeof control.receive = async (workerId) => {
        const commands = await control.receive(workerId)
        for (const command of commands) await control.send(workerId, command)
        return commands
      }
      return { control: { ...control, receive } }
    },
  },
]
