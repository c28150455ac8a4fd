/**
 * `millrace jobs retry`: runs finished jobs again with fresh attempts, and waiting ones at once.
 * @module
 */
import type { Command } from 'commander'
import type { Run } from '../../command.ts'
import { defineChange } from './change.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description('Run finished jobs again with fresh attempts, and waiting ones without waiting longer.')
  defineChange(command, run, {
    verb: 'retry',
    past: 'retried',
    refusal: 'a running job cannot be retried',
    apply: (app, ids) => app.retry(ids),
    examples: [
      'millrace jobs retry 0193a1f2-5b7e-7c4d-9a10-3f2b6c8d9e01',
      'millrace jobs retry --state failed --task send-email --since 1d --all-matching',
    ],
  })
}
