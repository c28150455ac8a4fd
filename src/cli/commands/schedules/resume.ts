/**
 * `millrace schedules resume`: undoes a pause.
 * @module
 */
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description('Let paused schedules go on with their next time from now.')
  withStore(command.argument('<names...>', 'names of schedules'))
  action<StoreOptions>(command, run, {
    examples: [
      'millrace schedules resume nightly-report',
      'millrace schedules resume nightly-report cleanup --json',
    ],
    act: ({ args, options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const names = args[0] as readonly string[]
        await app.schedules.resume(names)
        output.document({ done: names })
        output.text(`Resumed ${names.join(', ')}.`)
        return EXIT.ok
      }),
  })
}
