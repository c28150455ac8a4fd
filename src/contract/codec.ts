/**
 * How payloads and results are written: plain JSON text, or an envelope of a codec.
 * @module
 */

/**
 * Turns JSON text into something else and back, such as compressed or encrypted. An envelope is text that
 * starts with `~<name>:`, which JSON never does, so that jobs written by different codecs can share a store.
 */
export interface Codec {
  /** Short and stable: it is stored. Lower-case letters, digits and dashes. */
  readonly name: string
  /** Answers the envelope's body (without `~<name>:`), or null to leave this text plain. */
  encode(json: string): string | null
  /** @throws Error where the body is damaged or its key is not known here. */
  decode(body: string): string
}
