/**
 * An outcome that the store cannot take, such as one whose result its database has no form for.
 *
 * It must not keep all others from being stored for ever, so it goes as an outcome that any store can take.
 * @module
 */
import type { JobError, Outcome } from '../../contract/index.ts'
import { BackendError } from '../../contract/index.ts'
import { Ended } from './settle-batch.ts'

const LONGEST_MESSAGE = 1_000

/** True where the store is in no trouble of its own: what it was asked to do must be at fault. */
export function isRefusal(error: unknown): boolean {
  return !(error instanceof BackendError)
}

/** What is stored instead; null where the store refuses that as well. */
export function replacement({ job, outcome, attempt, runMs, replaced }: Ended, why: unknown): Ended | null {
  if (replaced) return null
  const ended = new Ended(job, harmless(outcome, why), attempt, runMs)
  ended.replaced = true
  return ended
}

/** An attempt that failed keeps its verdict, without its error; one that succeeded has failed. */
function harmless(outcome: Outcome, why: unknown): Outcome {
  const error = refusal(outcome.kind, why)
  if (outcome.kind === 'retry' || outcome.kind === 'fail' || outcome.kind === 'cancel')
    return { ...outcome, error }
  return { kind: 'fail', reason: 'discarded', error, counts: true }
}

function refusal(kind: Outcome['kind'], why: unknown): JobError {
  const reason = why instanceof Error ? why.message : String(why)
  // The store's complaint may quote what it could not take.
  const plain = reason.replace(/[\p{Cc}\p{Cs}]/gu, ' ').slice(0, LONGEST_MESSAGE)
  const message = `The store did not take the outcome '${kind}' of this attempt: ${plain}`
  return { name: 'OutcomeRefused', message, stack: null, code: null, cause: null }
}
