/**
 * What a finished job's record means to somebody who waited for its output.
 * @module
 */
import type { Codec, JobRecord } from '../../contract/index.ts'
import { JobResultError } from '../../contract/index.ts'
import { reviveError } from '../../kit/job-error.ts'
import { decodePayload } from '../payloads.ts'

/**
 * The decoded output of a succeeded job.
 * @throws JobResultError where the job failed or was cancelled; InvalidPayloadError where its output cannot be
 * decoded here.
 */
export function readResult(job: JobRecord, codecs: readonly Codec[]): unknown {
  if (job.state === 'succeeded') return decodePayload(codecs, job.result)
  const details = {
    jobId: job.id,
    task: job.task,
    queue: job.queue,
    cause: job.error === null ? undefined : reviveError(job.error),
  }
  const name = `Job ${job.id} of task '${job.task}'`
  if (job.state === 'failed') {
    const reason = job.error === null ? '' : `: ${job.error.name}: ${job.error.message}`
    throw new JobResultError(
      'job-failed',
      `${name} failed (${job.reason ?? 'no reason given'})${reason}`,
      details,
    )
  }
  throw new JobResultError(
    'job-cancelled',
    `${name} was cancelled (${job.reason ?? 'no reason given'}).`,
    details,
  )
}
