/**
 * `millrace queues pause`: stops all workers from claiming from queues.
 * @module
 */
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { noteUnknownQueues } from './known.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Stop all workers from claiming from these queues. Running jobs go on, and new jobs can be enqueued.',
  )
  withStore(command.argument('<names...>', 'names of queues'))
  action<StoreOptions>(command, run, {
    examples: ['millrace queues pause mail', 'millrace queues pause mail reports --json'],
    act: ({ args, options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const names = args[0] as readonly string[]
        await noteUnknownQueues(app, names, output)
        await app.queues.pause(names)
        const paused = await app.queues.paused()
        output.document({ done: names, paused })
        output.text(
          `Paused ${names.join(', ')}.${paused.length === 0 ? '' : ` Paused now: ${paused.join(', ')}.`}`,
        )
        return EXIT.ok
      }),
  })
}
