/**
 * `millrace schedules remove`: removes schedules.
 * @module
 */
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Remove schedules with their history. Their jobs stay. Those that the config declares are removed from it instead.',
  )
  withStore(command.argument('<names...>', 'names of schedules'))
  action<StoreOptions>(command, run, {
    examples: [
      'millrace schedules remove nightly-report',
      'millrace schedules remove nightly-report cleanup --json',
    ],
    act: ({ args, options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const names = args[0] as readonly string[]
        await app.schedules.remove(names)
        output.document({ done: names })
        output.text(`Removed ${names.join(', ')}.`)
        return EXIT.ok
      }),
  })
}
