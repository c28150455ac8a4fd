/**
 * A job as `--json` prints it.
 * @module
 */
import type { JobView } from '../contract/index.ts'

/** The job without its stored texts: `input` and `output` are the same, decoded. Times are ms since 1970. */
export type JobDocument = Omit<JobView, 'payload' | 'result'>

/** Makes it. */
export function jobDocument(job: JobView): JobDocument {
  const { payload: _payload, result: _result, ...rest } = job
  // JSON has no undefined: a job without input says so by null.
  return { ...rest, input: job.input ?? null, output: job.output ?? null }
}
