/**
 * Calling an unreliable HTTP API: retried until it answers, and obedient where it says how long to wait.
 * @module
 */
import { Discard, Retry, task } from 'millrace'
import { z } from 'zod'
import { fromEnvironment } from '../settings.ts'

const answer = z.object({ currency: z.string(), rate: z.number().positive() })

/** Fetches one currency's rate. */
export const syncRate = task('sync-rate', {
  queue: 'api',
  input: z.object({ currency: z.string().length(3) }),
  output: answer,
  timeout: '5s',
  retry: { attempts: 8, backoff: 'exponential', delay: 100, maxDelay: '2s' },
  async run({ currency }, job) {
    const response = await fetch(`${fromEnvironment().apiUrl}/rates/${currency}`, {
      headers: { 'idempotency-key': job.idempotencyKey },
      signal: job.signal,
    })
    if (response.status === 429) {
      throw new Retry({
        delay: `${response.headers.get('retry-after') ?? '1'}s`,
        cause: new Error('rate limited'),
      })
    }
    if (response.status === 404) throw new Discard(`there is no currency ${currency}`)
    if (!response.ok) throw new Error(`the API answered ${response.status}`)
    return answer.parse(await response.json())
  },
})
