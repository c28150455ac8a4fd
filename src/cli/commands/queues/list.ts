/**
 * `millrace queues list`: queues, what waits in them, who serves them.
 * @module
 */
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { readOverview } from '../../overview.ts'
import { queueTable } from '../../overview-tables.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withStore(command)
  action<StoreOptions>(command, run, {
    examples: ['millrace queues list', 'millrace queues list --json'],
    act: ({ options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const overview = await readOverview(app)
        output.document({ queues: overview.queues })
        for (const line of queueTable(overview, output.style)) output.text(line)
        return EXIT.ok
      }),
  })
}
