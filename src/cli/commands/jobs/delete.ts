/**
 * `millrace jobs delete`: removes jobs and all that is kept with them.
 * @module
 */
import type { Command } from 'commander'
import type { Run } from '../../command.ts'
import { defineChange } from './change.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Delete jobs with their attempts and logs. Running ones are refused: cancel them first.',
  )
  defineChange(command, run, {
    verb: 'delete',
    past: 'deleted',
    refusal: 'cancel it first',
    apply: (app, ids) => app.delete(ids),
    examples: [
      'millrace jobs delete 0193a1f2-5b7e-7c4d-9a10-3f2b6c8d9e01',
      'millrace jobs delete --state cancelled --until 30d --all-matching --yes',
    ],
  })
}
