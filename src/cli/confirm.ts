/**
 * Asks before something that cannot be taken back.
 * @module
 */
import { createInterface } from 'node:readline/promises'
import { refusedError } from './failure.ts'
import type { Shell } from './shell.ts'

/** Whether a person has agreed. */
export interface ConfirmOptions {
  /** `--yes`: nobody is asked. */
  readonly yes?: boolean
  readonly json?: boolean
}

/**
 * Resolves where the answer is yes.
 * @throws CommandError (refused) where it is no, or where there is nobody to ask.
 */
export async function confirm(question: string, options: ConfirmOptions, shell: Shell): Promise<void> {
  if (options.yes === true) return
  if (shell.stdin.isTTY !== true || options.json === true) {
    throw refusedError(
      'refused',
      `Not done without a yes: ${question}`,
      'Nobody can be asked here. Add --yes to agree.',
    )
  }
  const dialogue = createInterface({ input: shell.stdin, output: process.stderr })
  try {
    const answer = await dialogue.question(`${question} [y/N] `)
    if (/^y(es)?$/i.test(answer.trim())) return
  } finally {
    dialogue.close()
  }
  throw refusedError('refused', 'Not done: the answer was no.')
}
