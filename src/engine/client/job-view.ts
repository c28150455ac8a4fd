/**
 * Stored jobs as people read them, with their payloads decoded.
 * @module
 */
import type { Codec, JobRecord, JobView } from '../../contract/index.ts'
import { show } from '../../kit/show.ts'
import { decodePayload } from '../payloads.ts'

/** The record with its input and output decoded as far as that works here; what does not is said in the view. */
export function toView(job: JobRecord, codecs: readonly Codec[]): JobView {
  const input = decode(job.payload, codecs)
  const output = decode(job.result, codecs)
  const errors = [
    ...(input.error === null ? [] : [`input: ${input.error}`]),
    ...(output.error === null ? [] : [`output: ${output.error}`]),
  ]
  return {
    ...job,
    input: input.value,
    output: output.value,
    decodeError: errors.length === 0 ? null : errors.join(' '),
  }
}

function decode(text: string | null, codecs: readonly Codec[]): { value: unknown; error: string | null } {
  try {
    return { value: decodePayload(codecs, text), error: null }
  } catch (error) {
    return { value: undefined, error: error instanceof Error ? error.message : show(error) }
  }
}
