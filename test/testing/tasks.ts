/**
 * Tasks the test kit's own tests share.
 * @module
 */
import { z } from 'zod'
import { task } from '../../src/engine/task.ts'

export const sendMail = task('send-mail', {
  input: z.object({
    to: z.string(),
    parts: z.array(z.object({ kind: z.string(), size: z.number() })).default([]),
  }),
  queue: 'mail',
  run: ({ to }) => ({ messageId: `message to ${to}` }),
})

export const noop = task('noop', { run: () => 'done' })

/** Fails until its input's attempt has come. */
export const flaky = task('flaky', {
  retry: { attempts: 3, backoff: 'fixed', delay: '10m' },
  run: (input: { until: number }, job) => {
    if (job.attempt < input.until) throw new RangeError(`attempt ${job.attempt} of ${input.until}`)
    return job.attempt
  },
})
