/**
 * `millrace schedules run`: fires schedules now.
 * @module
 */
import type { Command } from 'commander'
import type { Receipt } from '../../../contract/index.ts'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { oneLine } from '../../printable.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Enqueue a job of each of these schedules now, whatever their times, their pause and their overlap policy say.',
  )
  withStore(command.argument('<names...>', 'names of schedules'))
  action<StoreOptions>(command, run, {
    examples: [
      'millrace schedules run nightly-report',
      'millrace schedules run nightly-report cleanup --json',
    ],
    act: ({ args, options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const fired: (Receipt & { schedule: string })[] = []
        for (const name of args[0] as readonly string[]) {
          const receipt = await app.schedules.runNow(name)
          fired.push({ schedule: name, ...receipt })
          output.text(`${receipt.outcome} ${oneLine(receipt.id)} of ${oneLine(name)}`)
        }
        output.document({ fired })
        return EXIT.ok
      }),
  })
}
