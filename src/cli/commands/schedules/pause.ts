/**
 * `millrace schedules pause`: keeps schedules from firing.
 * @module
 */
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Keep schedules from firing until they are resumed. What is due meanwhile is not made up for.',
  )
  withStore(command.argument('<names...>', 'names of schedules'))
  action<StoreOptions>(command, run, {
    examples: [
      'millrace schedules pause nightly-report',
      'millrace schedules pause nightly-report cleanup --json',
    ],
    act: ({ args, options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const names = args[0] as readonly string[]
        await app.schedules.pause(names)
        output.document({ done: names })
        output.text(`Paused ${names.join(', ')}.`)
        return EXIT.ok
      }),
  })
}
