/**
 * The body of a job: what was enqueued, as it stands in the store. See scripts/lib/jobs.lua.
 * @module
 */
import type { JobMeta, RetryRule } from '../../contract/index.ts'
import { isUuid, KEY_BYTES, uuidOf } from './job-key.ts'
import { ReplyReader } from './reply.ts'
import type { RequestWriter } from './request.ts'

/** Flags of a body. */
export const FLAG = { due: 1, expires: 2, options: 4, tagged: 8, keyed: 16, named: 32 } as const

/** A rank is a priority turned round, so that the highest comes first. */
const HIGHEST_PRIORITY = 100

/** No more attempts can be stored. */
const MOST_ATTEMPTS = 2 ** 24 - 1

/** What a job brings with it. */
export interface JobBody {
  readonly id: string
  readonly task: string
  readonly queue: string
  readonly priority: number
  readonly payload: string
  readonly version: number
  readonly maxAttempts: number
  readonly createdAt: number
  /** When it was due at first. */
  readonly dueAt: number
  readonly expiresAt: number | null
  readonly timeoutMs: number | null
  readonly retry: RetryRule | null
  readonly tags: readonly string[]
  readonly meta: JobMeta | null
}

type Given = Omit<JobBody, 'createdAt' | 'dueAt' | 'expiresAt'>

/** What most jobs lack, as JSON, so that the others' bodies stay small. */
interface Options {
  readonly version?: number
  readonly timeoutMs?: number
  readonly retry?: RetryRule
  readonly tags?: readonly string[]
  readonly meta?: JobMeta
}

const NO_OPTIONS: Options = Object.freeze({})
const NO_TAGS: readonly string[] = Object.freeze([])

function optionsOf(job: Given): Options {
  const plain = job.version === 1 && job.timeoutMs === null && job.retry === null && job.meta === null
  if (plain && job.tags.length === 0) return NO_OPTIONS
  return {
    ...(job.version === 1 ? {} : { version: job.version }),
    ...(job.timeoutMs === null ? {} : { timeoutMs: job.timeoutMs }),
    ...(job.retry === null ? {} : { retry: job.retry }),
    ...(job.tags.length === 0 ? {} : { tags: job.tags }),
    ...(job.meta === null ? {} : { meta: job.meta }),
  }
}

/** The rank of a priority. */
export function rankOf(priority: number): number {
  return HIGHEST_PRIORITY - priority
}

/** The flags of what the client knows of a body. */
export function flagsOf(job: Given): number {
  const options = optionsOf(job) === NO_OPTIONS ? 0 : FLAG.options
  const tagged = job.tags.length === 0 ? 0 : FLAG.tagged
  return options | tagged | (isUuid(job.id) ? 0 : FLAG.named)
}

/** Writes the part of a body that scripts do not look into, its length before it. */
export function writeRest(writer: RequestWriter, job: Given): void {
  const options = optionsOf(job)
  writer.sized(() => {
    writer.u24(Math.min(job.maxAttempts, MOST_ATTEMPTS)).short(job.queue).short(job.task)
    if (options !== NO_OPTIONS) writer.long(JSON.stringify(options))
    writer.rest(job.payload)
  })
}

/** Reads a body. */
export function readBody(bytes: Buffer): JobBody {
  const reader = new ReplyReader(bytes)
  const flags = reader.u8()
  const key = reader.raw(KEY_BYTES)
  const priority = HIGHEST_PRIORITY - reader.u8()
  const createdAt = reader.u48()
  const dueAt = (flags & FLAG.due) === 0 ? createdAt : reader.u48()
  const expiresAt = (flags & FLAG.expires) === 0 ? null : reader.u48()
  const name = (flags & FLAG.named) === 0 ? '' : reader.short()
  const maxAttempts = reader.u24()
  const queue = reader.short()
  const task = reader.short()
  const options = (flags & FLAG.options) === 0 ? NO_OPTIONS : (JSON.parse(reader.long()) as Options)
  return {
    id: name === '' ? uuidOf(key) : name,
    task,
    queue,
    priority,
    payload: reader.rest(),
    version: options.version ?? 1,
    maxAttempts,
    createdAt,
    dueAt,
    expiresAt,
    timeoutMs: options.timeoutMs ?? null,
    retry: options.retry ?? null,
    tags: options.tags ?? NO_TAGS,
    meta: options.meta ?? null,
  }
}
