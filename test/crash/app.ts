/**
 * The app that the crash tests' processes share. Every start and every stored success is appended to a journal.
 * @module
 */
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Millrace, millrace, task } from 'millrace'
import { sqlite } from 'millrace/sqlite'
import { z } from 'zod'

/** Takes some milliseconds, as most work does. */
export const count = task('count', {
  input: z.object({ n: z.number() }),
  retry: { attempts: 1000, backoff: 'fixed', delay: 0 },
  async run({ n }) {
    await sleep(30)
    return n
  },
})

/** Blocks the event loop for the given time. */
export const block = task('block', {
  input: z.object({ ms: z.number() }),
  run({ ms }, job) {
    const until = performance.now() + ms
    while (performance.now() < until);
    return { attempt: job.attempt }
  },
})

/** Takes some milliseconds, and must not be run a second time. */
export const unrepeatable = task('unrepeatable', {
  retry: false,
  run: async (_: undefined) => {
    await sleep(6)
  },
})

/** The app on a file, writing to a journal beside it. */
export function makeApp(file: string): Millrace {
  const app = millrace({
    backend: sqlite({ file, synchronous: 'normal' }),
    tasks: [count, block, unrepeatable],
  })
  const journal = `${file}.journal`
  const note = (what: string, id: string): void => appendFileSync(journal, `${what} ${id}\n`)
  app.events.on('job:started', ({ id }) => note('started', id))
  app.events.on('job:succeeded', ({ id }) => note('succeeded', id))
  return app
}
