/**
 * `millrace schedules history`: what a schedule has fired.
 * @module
 */
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { span, time } from '../../figures.ts'
import { renderTable } from '../../table.ts'
import { integer } from '../../values.ts'

interface HistoryOptions extends StoreOptions {
  readonly limit: number
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withStore(command.argument('<name>', 'the schedule’s name')).option(
    '--limit <number>',
    'the latest so many',
    integer(1, 1_000),
    20,
  )
  action<HistoryOptions>(command, run, {
    examples: ['millrace schedules history report', 'millrace schedules history report --limit 100 --json'],
    act: ({ args, options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const name = String(args[0])
        const { firings } = await app.schedules.history(name, { limit: options.limit })
        output.document({ name, firings })
        if (firings.length === 0) output.text('It has not fired yet.')
        else {
          const columns = [
            { title: 'due', value: (one: (typeof firings)[number]) => time(one.dueAt) },
            {
              title: 'outcome',
              value: (one: (typeof firings)[number]) =>
                `${one.outcome}${one.manual ? ' by hand' : ''}${one.count > 1 ? ` (${one.count})` : ''}`,
            },
            {
              title: 'late',
              value: (one: (typeof firings)[number]) => span(Math.max(0, one.at - one.dueAt)),
            },
            { title: 'job', value: (one: (typeof firings)[number]) => one.jobId ?? '-', max: 128 },
          ]
          for (const line of renderTable(firings, columns, output.style)) output.text(line)
        }
        return EXIT.ok
      }),
  })
}
