/**
 * An app on a real SQLite file, with tasks of every temper.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { millrace } from '../../src/app/millrace.ts'
import type { AnyTask, Millrace } from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'

/** Ends well. */
export const greet = task('greet', { run: (input: { password: string }) => ({ hello: input.password }) })
/** Fails once, then ends well. */
export const flaky = task('flaky', {
  retry: { attempts: 2, backoff: 'fixed', delay: 1, jitter: false },
  run(_input: unknown, job) {
    if (job.attempt === 1) throw new Error('connection reset')
  },
})
/** Fails for good at once. */
export const broken = task('broken', {
  queue: 'bad',
  retry: false,
  run(input: { n: number }) {
    throw Object.assign(new TypeError(`it broke for ${input.n}`, { cause: new Error('the reason') }), {
      code: 'E7',
    })
  },
})

/** An app on a file of its own, closed after the test. */
export function makeApp(...tasks: readonly AnyTask[]): Millrace {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-observe-'))
  const app = millrace({
    backend: `sqlite:${join(folder, 'jobs.db')}`,
    tasks: [greet, flaky, broken, ...tasks],
  })
  onTestFinished(async () => {
    await app.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return app
}

/** Runs jobs until nothing waits any more, retries included. */
export async function work(app: Millrace, jobs: number): Promise<void> {
  let left = jobs
  const worker = app.worker({ slots: 4 })
  const ended = new Promise<void>((resolve) => {
    const count = (): void => {
      left -= 1
      if (left === 0) resolve()
    }
    for (const name of ['job:succeeded', 'job:failed'] as const) onTestFinished(app.events.on(name, count))
  })
  await worker.start()
  await ended
  await worker.stop()
}
