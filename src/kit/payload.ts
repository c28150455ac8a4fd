/**
 * The stored form of payloads: plain JSON text or a codec's envelope, within a size limit.
 * @module
 */
import type { Codec } from '../contract/index.ts'
import { InvalidOptionError, InvalidPayloadError, PayloadTooLargeError } from '../contract/index.ts'
import { show } from './show.ts'

const CODEC_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/u
const ENVELOPE = /^~([a-z0-9][a-z0-9-]{0,31}):/u

/**
 * Refuses a list of codecs that could not be told apart in the store.
 * @throws InvalidOptionError for a bad or doubled name, or a missing method.
 */
export function checkCodecs(codecs: readonly Codec[], field: string): void {
  if (!Array.isArray(codecs))
    throw new InvalidOptionError(field, `${field} must be a list of codecs, got ${show(codecs)}.`)
  const names = new Set<string>()
  codecs.forEach((codec: Partial<Codec> | null | undefined, index) => {
    const at = `${field}[${index}]`
    if (typeof codec?.encode !== 'function' || typeof codec.decode !== 'function') {
      throw new InvalidOptionError(
        at,
        `${at} must be a codec with encode() and decode(), got ${show(codec)}.`,
      )
    }
    const { name } = codec
    if (typeof name !== 'string' || !CODEC_NAME.test(name)) {
      const rule = 'must be 1 to 32 lower-case letters, digits and dashes'
      throw new InvalidOptionError(`${at}.name`, `${at}.name ${rule}, got ${show(name)}.`)
    }
    if (names.has(name)) {
      throw new InvalidOptionError(
        `${at}.name`,
        `${field} has two codecs named '${name}'; the store could not tell them apart.`,
      )
    }
    names.add(name)
  })
}

/** UTF-8 has one to three bytes for each UTF-16 unit, so that most texts need no counting. */
function checkSize(text: string, limitBytes: number, what: string): void {
  if (text.length * 3 <= limitBytes) return
  const bytes = Buffer.byteLength(text)
  if (bytes <= limitBytes) return
  const sentence =
    `${what} takes ${bytes} bytes, and the limit is ${limitBytes}. Store the data elsewhere and pass a ` +
    'reference, add a compressing codec, or raise maxPayloadBytes.'
  throw new PayloadTooLargeError(sentence.charAt(0).toUpperCase() + sentence.slice(1), {
    bytes,
    limit: limitBytes,
  })
}

/**
 * The text to store: what the first codec makes of the JSON, as `~<name>:<body>`, or the JSON itself where
 * there is no codec or it declines. Empty text, which stands for `undefined`, stays empty.
 *
 * @param limitBytes most bytes of the answer, in UTF-8.
 * @param what the payload's name in errors: `the input of task 'x'`.
 * @throws PayloadTooLargeError
 */
export function writePayload(
  codecs: readonly Codec[],
  json: string,
  limitBytes: number,
  what: string,
): string {
  const [codec] = codecs
  const body = codec === undefined || json === '' ? null : codec.encode(json)
  const text = codec === undefined || body === null ? json : `~${codec.name}:${body}`
  checkSize(text, limitBytes, what)
  return text
}

function unreadable(reason: string, cause?: unknown): InvalidPayloadError {
  return new InvalidPayloadError(
    `The stored payload cannot be read: ${reason}`,
    [{ path: '', message: reason }],
    {
      cause,
    },
  )
}

/**
 * The JSON of a stored text.
 * @throws InvalidPayloadError where its codec is not among the given ones, or fails (see `cause`).
 */
export function readPayload(codecs: readonly Codec[], text: string): string {
  if (!text.startsWith('~')) return text
  const envelope = ENVELOPE.exec(text)
  if (envelope === null)
    throw unreadable(`it starts like an envelope and is none: ${show(text.slice(0, 40))}.`)
  const [head, name] = envelope
  const codec = codecs.find((one) => one.name === name)
  if (codec === undefined) {
    const known = codecs.length === 0 ? 'none' : codecs.map((one) => one.name).join(', ')
    throw unreadable(
      `it was written by the codec '${name}', which is missing here. Add it to codecs (now: ${known}).`,
    )
  }
  try {
    return codec.decode(text.slice(head.length))
  } catch (cause) {
    throw unreadable(
      `the codec '${name}' failed: ${cause instanceof Error ? cause.message : show(cause)}`,
      cause,
    )
  }
}
