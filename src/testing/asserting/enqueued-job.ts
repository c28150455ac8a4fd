/**
 * A job as its producer enqueued it, for tests to look at.
 * @module
 */
import type { AnyTask, Codec, JobMeta } from '../../contract/index.ts'
import { InvalidOptionError } from '../../contract/index.ts'
import { decodePayload } from '../../engine/payloads.ts'
import { show } from '../../kit/show.ts'
import type { Journal, StoredEntry } from '../journal.ts'

/** What was enqueued, whatever has become of it since: `app.get(id)` tells that. */
export interface EnqueuedJob<Input = unknown> {
  readonly id: string
  readonly task: string
  /** As it is stored, and as the handler's schema will get it. */
  readonly input: Input
  readonly queue: string
  readonly priority: number
  readonly tags: readonly string[]
  readonly meta: JobMeta
  readonly maxAttempts: number
  /** On the test's clock. */
  readonly enqueuedAt: Date
  /** When it was to run at the earliest. */
  readonly dueAt: Date
  /** From the enqueue to the due time, in ms; 0 where it was to run at once. */
  readonly delayMs: number
}

/** @throws InvalidPayloadError where an input cannot be decoded with these codecs. */
export function listEnqueued(
  journal: Journal,
  codecs: readonly Codec[],
  task: AnyTask | null,
): EnqueuedJob[] {
  const names = task === null ? null : namesOf(task)
  return journal.stored
    .filter(({ job }) => names === null || names.includes(job.task))
    .map((entry) => toEnqueued(entry, codecs))
}

/** Jobs stored under a former name are the task's too. */
function namesOf(task: AnyTask): readonly string[] {
  if (typeof task?.name === 'string' && typeof task.options === 'object') {
    return [task.name, ...(task.options.aliases ?? [])]
  }
  throw new InvalidOptionError('task', `A task made with task() is needed here, got ${show(task)}.`)
}

function toEnqueued({ job, enqueuedAt, dueAt }: StoredEntry, codecs: readonly Codec[]): EnqueuedJob {
  return {
    id: job.id,
    task: job.task,
    input: decodePayload(codecs, job.payload),
    queue: job.queue,
    priority: job.priority,
    tags: job.tags,
    meta: job.meta ?? {},
    maxAttempts: job.maxAttempts,
    enqueuedAt: new Date(enqueuedAt),
    dueAt: new Date(dueAt),
    delayMs: Math.max(0, dueAt - enqueuedAt),
  }
}
