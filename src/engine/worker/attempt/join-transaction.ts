/**
 * `job.in(connection)`: the job's success as part of the handler's own database transaction.
 * @module
 */
import type { Backend, Codec } from '../../../contract/index.ts'
import { JobStateError, LeaseLostError, UnsupportedFacetError } from '../../../contract/index.ts'
import { encodeOutput } from '../../payloads.ts'
import type { Attempt } from './attempt.ts'

/** What it needs of the worker. */
export interface JoinServices {
  readonly backend: Backend
  readonly codecs: readonly Codec[]
  readonly maxPayloadBytes: number
}

/**
 * Binds the attempt to the connection.
 *
 * Whether the user then commits, nobody tells the worker. So at the handler's end it settles the attempt all
 * the same, as failed: after a commit that comes too late and changes nothing, after a rollback it does what
 * has to be done. See `runner.ts`.
 *
 * @throws UnsupportedFacetError InvalidOptionError
 */
export function joinTransaction(
  attempt: Attempt,
  services: JoinServices,
  connection: unknown,
): { succeed(output: unknown): Promise<void> } {
  const { backend } = services
  const { claimed, plan } = attempt
  if (backend.transaction === undefined) {
    throw new UnsupportedFacetError(
      `job.in() needs the facet 'transaction', which the backend '${backend.name}' lacks; SQLite has it. ` +
        'Return the output from the handler instead.',
    )
  }
  const store = backend.transaction.join(connection)
  const details = { jobId: claimed.id, task: claimed.task, queue: claimed.queue }
  return {
    async succeed(output) {
      if (attempt.over || attempt.ending !== 'none') {
        const message = `Job ${claimed.id}: this attempt has ended already, so it cannot succeed any more. Roll back.`
        throw new LeaseLostError(message, { ...details, cause: attempt.reason })
      }
      if (attempt.joined) {
        throw new JobStateError('job-refused', `Job ${claimed.id}: succeed() was called twice.`, details)
      }
      const encoded = encodeOutput(services, plan.task, output)
      // Without an await where there is nothing to wait for: on a synchronous driver it has then happened
      // when the call returns, as a synchronous transaction needs it.
      const result = encoded instanceof Promise ? await encoded : encoded
      attempt.joined = true
      const lost = await store.settle([{ job: claimed, outcome: { kind: 'succeed', result } }])
      if (lost.length > 0) {
        const message = `Job ${claimed.id}: another attempt owns the job by now, so this one cannot succeed. Roll back.`
        throw new LeaseLostError(message, details)
      }
    },
  }
}
