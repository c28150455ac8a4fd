/**
 * Members of the app that do more in a test than elsewhere.
 * @module
 */
import type { Millrace } from '../../contract/index.ts'
import { forTests, type World } from '../world.ts'
import { Inline } from './inline.ts'

type ProducerMembers = Pick<Millrace, 'enqueue' | 'enqueueMany' | 'register' | 'use'>

/** Takes the app's own members as they are when this is called, and stands before them. */
export function producerMembers(world: World, mode: 'fake' | 'inline'): ProducerMembers {
  const { enqueue, enqueueMany, register, use } = world.app
  const { flights, recipe, journal } = world
  const inline = mode === 'inline' ? new Inline(world) : null
  return {
    enqueue: async (...args) => {
      const from = journal.attempts.length
      const receipt = await flights.track(enqueue(...args))
      await inline?.run(receipt, from)
      return receipt
    },
    enqueueMany: async (task, ...args) => {
      const from = journal.attempts.length
      const receipts = await flights.track(enqueueMany(task, ...args))
      await inline?.runAll(receipts, from, `jobs of task '${task.name}'`)
      return receipts
    },
    register: (...tasks) => {
      register(...tasks.map((task) => forTests(recipe, task)))
      recipe.tasks.push(...tasks)
    },
    use: (hooks) => {
      use(hooks)
      recipe.middleware.push(hooks)
    },
  }
}
