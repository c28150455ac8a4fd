/**
 * `millrace jobs cancel`: cancels waiting jobs at once and asks workers to abort running ones.
 * @module
 */
import type { Command } from 'commander'
import type { Run } from '../../command.ts'
import { defineChange } from './change.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description('Cancel waiting jobs at once, and ask workers to abort running ones.')
  defineChange(command, run, {
    verb: 'cancel',
    past: 'cancelled',
    refusal: 'it has finished',
    apply: (app, ids) => app.cancel(ids),
    examples: [
      'millrace jobs cancel 0193a1f2-5b7e-7c4d-9a10-3f2b6c8d9e01',
      'millrace jobs cancel --queue mail --state scheduled --all-matching --yes',
    ],
  })
}
