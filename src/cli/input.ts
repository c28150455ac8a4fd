/**
 * The input of a job, as the command line has it.
 * @module
 */
import { text as readAll } from 'node:stream/consumers'
import { usageError } from './failure.ts'
import type { Shell } from './shell.ts'

/**
 * JSON from an argument, or from standard input where that is `-`; undefined where there is none.
 * @throws CommandError (usage) where it is no JSON.
 */
export async function readInput(json: string | undefined, shell: Shell): Promise<unknown> {
  if (json === undefined) return undefined
  const from = json === '-' ? 'standard input' : 'the argument'
  const text = json === '-' ? await readAll(shell.stdin) : json
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw usageError(
      `The input is not JSON: ${reason} (read from ${from}).`,
      `Quote it for the shell: '{"name":"value"}'. A text needs its own quotes: '"text"'.`,
    )
  }
}
