/**
 * What can be run. Both processes import it.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { task } from 'millrace'
import { z } from 'zod'

export const sendWelcomeEmail = task('send-welcome-email', {
  input: z.object({ to: z.email() }),
  // Somebody who clicks twice gets one mail.
  unique: { by: ['to'], for: '10m' },
  retry: { attempts: 5, delay: '1s' },
  timeout: '10s',
  async run({ to }, job) {
    job.log.info('connecting to the mail server')
    await sleep(50, undefined, { signal: job.signal })
    return { messageId: `<${job.idempotencyKey}@example.com>`, to }
  },
})
