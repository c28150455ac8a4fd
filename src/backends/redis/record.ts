/**
 * The record of a job: what has become of it, as it stands in the store. See scripts/lib/jobs.lua.
 * @module
 */
import type {
  AttemptOutcome,
  AttemptRecord,
  FinishReason,
  JobError,
  JobRecord,
  JobState,
} from '../../contract/index.ts'
import type { JobBody } from './body.ts'
import { ReplyReader } from './reply.ts'
import type { RequestWriter } from './request.ts'

const STATES: readonly JobState[] = [
  'scheduled',
  'pending',
  'retrying',
  'blocked',
  'active',
  'succeeded',
  'failed',
  'cancelled',
]

const REASONS: readonly (FinishReason | null)[] = [
  null,
  'exhausted',
  'discarded',
  'invalid-input',
  'unknown-task',
  'quarantined',
  'requested',
  'expired',
  'drained',
]

const OUTCOMES: readonly AttemptOutcome[] = ['running', 'succeeded', 'retried', 'failed', 'cancelled', 'lost']

/** The flag of a record that has a result: null and '' are not the same. */
const WITH_RESULT = 1

/** The stored number of a state. */
export function stateNumber(state: JobState): number {
  return STATES.indexOf(state)
}

/** The state of a stored number. */
export function stateOf(stored: number): JobState {
  const state = STATES[stored]
  if (state === undefined)
    throw new Error(`The store holds a job in state ${stored}, which this version does not know`)
  return state
}

/** The stored number of a reason. */
export function reasonNumber(reason: FinishReason | null): number {
  return Math.max(0, REASONS.indexOf(reason))
}

/** One bit for each of the states. */
export function stateBits(states: readonly JobState[]): number {
  return states.reduce((bits, state) => bits | (1 << stateNumber(state)), 0)
}

/** The states of the bits. */
export function statesOf(bits: number): JobState[] {
  return STATES.filter((_, at) => ((bits >> at) & 1) === 1)
}

/** One bit for each of the reasons. */
export function reasonBits(reasons: readonly FinishReason[]): number {
  return reasons.reduce((bits, reason) => bits | (1 << reasonNumber(reason)), 0)
}

/** An error as it is stored; '' where there is none. */
export function writeError(error: JobError | null): string {
  return error === null ? '' : JSON.stringify(error)
}

/** As {@link writeError}, read. */
function readError(text: string): JobError | null {
  return text === '' ? null : (JSON.parse(text) as JobError)
}

/** Writes the record of a job that comes from elsewhere, its length before it. */
export function writeRecord(writer: RequestWriter, job: JobRecord): void {
  writer.sized(() => {
    writer.u8(stateNumber(job.state)).u8(job.result === null ? 0 : WITH_RESULT)
    writer
      .u48(0)
      .u24(job.attempt)
      .u16(job.lost)
      .ms(job.dueAt)
      .ms(job.startedAt ?? 0)
      .ms(job.finishedAt ?? 0)
    writer
      .u8(reasonNumber(job.reason))
      .short(job.worker ?? '')
      .long(writeError(job.error))
    writer.rest(job.result ?? '')
  })
}

/** A job of which there is no record: it waits as it was enqueued. */
function untouched(body: JobBody): JobRecord {
  const state = body.dueAt > body.createdAt ? 'scheduled' : 'pending'
  const times = { startedAt: null, finishedAt: null }
  const ends = { worker: null, result: null, reason: null, error: null, progress: null }
  return { ...body, ...times, ...ends, state, attempt: 0, lost: 0 }
}

/** A job as its readers see it, from its body and its record. */
export function readRecord(body: JobBody, bytes: Buffer, progress: string): JobRecord {
  if (bytes.length === 0) return untouched(body)
  const reader = new ReplyReader(bytes)
  const state = stateOf(reader.u8())
  const flags = reader.u8()
  reader.u48() // the token
  const [attempt, lost, dueAt] = [reader.u24(), reader.u16(), reader.u48()]
  const [startedAt, finishedAt] = [reader.u48(), reader.u48()]
  const [reason, worker, error, result] = [reader.u8(), reader.short(), reader.long(), reader.rest()]
  return {
    ...body,
    state,
    attempt,
    dueAt,
    startedAt: startedAt === 0 ? null : startedAt,
    finishedAt: finishedAt === 0 ? null : finishedAt,
    worker: worker === '' ? null : worker,
    result: (flags & WITH_RESULT) === 0 ? null : result,
    reason: REASONS[reason] ?? null,
    error: readError(error),
    progress: progress === '' ? null : (JSON.parse(progress) as JobRecord['progress']),
    lost,
  }
}

/** Writes an attempt that has ended. */
export function writeAttempt(writer: RequestWriter, attempt: AttemptRecord): void {
  writer.u8(OUTCOMES.indexOf(attempt.outcome)).u24(attempt.attempt)
  writer.ms(attempt.startedAt).ms(attempt.finishedAt ?? 0)
  writer.short(attempt.worker ?? '').long(writeError(attempt.error))
}

/** Reads an attempt that has ended. */
export function readAttempt(bytes: Buffer): AttemptRecord {
  const reader = new ReplyReader(bytes)
  const outcome = OUTCOMES[reader.u8()] ?? 'lost'
  const [attempt, startedAt, finishedAt, worker] = [reader.u24(), reader.u48(), reader.u48(), reader.short()]
  return {
    attempt,
    outcome,
    worker: worker === '' ? null : worker,
    startedAt,
    finishedAt: finishedAt === 0 ? null : finishedAt,
    error: readError(reader.long()),
  }
}
