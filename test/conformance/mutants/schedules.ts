/**
 * Schedules broken on purpose, each in one way, and the cases that have to notice.
 * @module
 */
import type { Backend, SchedulesFacet } from '../../../src/contract/index.ts'
import type { Mutant } from './mutant.ts'

function scheduling(
  backend: Backend,
  change: (facet: SchedulesFacet) => Partial<SchedulesFacet>,
): Partial<Backend> {
  const { schedules } = backend
  return schedules === undefined ? {} : { schedules: { ...schedules, ...change(schedules) } }
}

export const scheduleMutants: readonly Mutant[] = [
  {
    name: 'writes a schedule whatever its revision',
    caughtBy: ['schedules/compare-and-set'],
    byModel: false,
    breaks: (backend) =>
      scheduling(backend, (facet) => ({
        write: async (changes) => {
          const answers = []
          for (const { schedule, firings } of changes) {
            const [stored] = await facet.get([schedule.name])
            const fresh = { ...schedule, revision: stored?.revision ?? 0 }
            answers.push(...(await facet.write([{ schedule: fresh, firings }])))
          }
          return answers
        },
      })),
  },
  {
    name: 'enqueues the jobs of a refused change',
    caughtBy: ['schedules/compare-and-set'],
    byModel: false,
    breaks: (backend) =>
      scheduling(backend, (facet) => ({
        write: async (changes) => {
          await backend.enqueue(changes.flatMap(({ firings }) => firings.flatMap(({ job }) => job ?? [])))
          return facet.write(changes)
        },
      })),
  },
  {
    name: 'finds paused schedules due',
    caughtBy: ['schedules/due'],
    byModel: false,
    breaks: (backend) =>
      scheduling(backend, (facet) => ({
        due: async (limit) => {
          const found = await facet.due(limit)
          const { schedules } = await facet.list({ limit: 100, after: null })
          const paused = schedules.filter(
            (row) => row.paused && row.nextAt !== null && row.nextAt <= found.now,
          )
          return { ...found, due: [...found.due, ...paused] }
        },
      })),
  },
  {
    name: 'keeps the history of a removed schedule',
    caughtBy: ['schedules/removed'],
    byModel: false,
    breaks: (backend) => {
      const kept = new Map<string, Awaited<ReturnType<SchedulesFacet['history']>>>()
      return scheduling(backend, (facet) => ({
        remove: async (names) => {
          for (const name of names) kept.set(name, await facet.history(name, { limit: 100, after: null }))
          return facet.remove(names)
        },
        history: async (name, page) => kept.get(name) ?? facet.history(name, page),
      }))
    },
  },
]
