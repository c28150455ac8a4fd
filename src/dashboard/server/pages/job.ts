/**
 * Page `job`: all that is known of one.
 * @module
 */
import type { AttemptRecord, JobLogLine, JobView } from '../../../contract/index.ts'
import { fingerprintOf } from '../../../kit/fingerprint.ts'
import type { JobPage, PayloadView } from '../../protocol.ts'
import { notFound } from '../problem.ts'
import type { Site } from '../site.ts'
import { errorView, jobRow } from './job-rows.ts'

const MOST_LINES = 500

/** Reads it. @throws Problem where there is no such job. */
export async function jobPage(site: Site, id: string): Promise<JobPage> {
  const [job, attempts, logs] = await site.reads.ask(['job', id], () =>
    Promise.all([site.app.get(id), site.app.attempts(id), site.app.logs(id, MOST_LINES)]),
  )
  if (job === null)
    throw notFound('There is no job with this id. It may have been deleted, or kept its time.')
  const input = payloadOf(site, job.input, 'input', job)
  return {
    job: { ...jobRow(job), ...factsOf(job) },
    input,
    output: job.result === null ? null : payloadOf(site, job.output, 'output', job),
    meta: job.meta === null ? null : { ...site.redactor.redact(job.meta), trouble: null },
    attempts: attempts.map(attemptView),
    logs: logs.map((line) => logView(site, line)),
    fingerprint: job.error === null ? null : fingerprintOf(job.task, job.error, job.reason),
    code: codeOf(job, input),
    command: `millrace jobs show ${shellWord(job.id)}`,
  }
}

function factsOf(job: JobView) {
  const { version, expiresAt, timeoutMs, worker, reason, lost, progress } = job
  return { version, expiresAt, timeoutMs, worker, reason, lost, progress, error: errorView(job.error) }
}

function payloadOf(site: Site, value: unknown, what: string, { decodeError }: JobView): PayloadView {
  const trouble = decodeError?.includes(`${what}: `) === true ? decodeError : null
  return { ...site.redactor.redact(value), trouble }
}

function attemptView({ attempt, outcome, worker, startedAt, finishedAt, error }: AttemptRecord) {
  return { attempt, outcome, worker, startedAt, finishedAt, error: errorView(error) }
}

function logView(site: Site, { at, level, message, fields, attempt }: JobLogLine) {
  return { at, level, message, attempt, fields: fields === null ? null : site.redactor.redact(fields).value }
}

/** TypeScript that enqueues the same again. */
function codeOf(job: JobView, { value, trouble }: PayloadView): string {
  const name = job.task.replaceAll(/[^\w]+(\w?)/g, (_, next: string) => next.toUpperCase()) || 'task'
  const variable = /^[a-z_$]/i.test(name) ? name : `task${name}`
  const input = trouble === null && value !== undefined ? JSON.stringify(value, null, 2) : 'undefined'
  const options = [
    ...(job.queue === 'default' ? [] : [`queue: ${JSON.stringify(job.queue)}`]),
    ...(job.priority === 0 ? [] : [`priority: ${job.priority}`]),
    ...(job.tags.length === 0 ? [] : [`tags: ${JSON.stringify(job.tags)}`]),
  ]
  const rest = options.length === 0 ? '' : `, { ${options.join(', ')} }`
  return `// ${JSON.stringify(job.task)}\nawait app.enqueue(${variable}, ${input}${rest})`
}

function shellWord(text: string): string {
  return /^[\w.:@/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
