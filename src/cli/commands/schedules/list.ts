/**
 * `millrace schedules list`: all schedules of the store, and when they fire.
 * @module
 */
import type { Command } from 'commander'
import type { ScheduleView } from '../../../contract/index.ts'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { relative } from '../../figures.ts'
import type { StoreClient } from '../../store-client.ts'
import { renderTable } from '../../table.ts'
import { scheduleDocument, scheduleState } from './document.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withStore(command)
  action<StoreOptions>(command, run, {
    examples: ['millrace schedules list', 'millrace schedules list --backend sqlite:millrace.db --json'],
    act: ({ options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const schedules = await readAll(app)
        output.document({ schedules: schedules.map(scheduleDocument) })
        if (schedules.length === 0) output.text('There are no schedules.')
        else for (const line of table(schedules, output.style)) output.text(line)
        return EXIT.ok
      }),
  })
}

async function readAll(app: StoreClient): Promise<readonly ScheduleView[]> {
  const found: ScheduleView[] = []
  let after: string | null = null
  do {
    const page = await app.schedules.list({ limit: 1_000, after })
    found.push(...page.schedules)
    after = page.next
  } while (after !== null)
  return found
}

function table(schedules: readonly ScheduleView[], style: Parameters<typeof renderTable>[2]): string[] {
  const now = Date.now()
  return renderTable(
    schedules,
    [
      { title: 'schedule', value: ({ name }) => name, max: 40 },
      { title: 'task', value: ({ job }) => job.task, max: 30 },
      { title: 'when', value: ({ when }) => when },
      {
        title: 'state',
        value: scheduleState,
        style: (row) => (row.paused ? 'yellow' : row.nextAt === null ? 'dim' : null),
      },
      { title: 'next', value: ({ nextAt }) => (nextAt === null ? '-' : relative(nextAt, now)) },
      { title: 'last', value: ({ lastAt }) => (lastAt === null ? '-' : relative(lastAt, now)) },
      { title: 'from', value: ({ source }) => source },
    ],
    style,
  )
}
