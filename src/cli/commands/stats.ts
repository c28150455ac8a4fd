/**
 * `millrace stats`: queues by state, workers, and the store itself.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../command.ts'
import { withStoreApp } from '../connect.ts'
import { EXIT } from '../exit-codes.ts'
import { bytes } from '../figures.ts'
import type { Output } from '../output.ts'
import { type Overview, readOverview } from '../overview.ts'
import { queueTable, workerTable } from '../overview-tables.ts'
import { renderPairs } from '../table.ts'
import { integer } from '../values.ts'

interface StatsOptions extends StoreOptions {
  readonly watch?: number
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withStore(command).option(
    '--watch <seconds>',
    'print again every so many seconds, until Ctrl+C',
    integer(1, 86_400),
  )
  action<StatsOptions>(command, run, {
    examples: ['millrace stats', 'millrace stats --backend sqlite:millrace.db --json'],
    act: ({ options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        if (options.watch === undefined) {
          const overview = await readOverview(app)
          print(overview, output)
          output.document(overview)
          return EXIT.ok
        }
        for (;;) {
          const overview = await readOverview(app)
          print(overview, output)
          output.record(overview)
          await sleep(options.watch * 1_000)
        }
      }),
  })
}

function print(overview: Overview, output: Output): void {
  const { info } = overview
  const schema = info.schema === null ? 'none' : schemaText(info.schema)
  const pairs: [string, string][] = [
    ['store', `${info.name}${info.storeVersion === null ? '' : ` ${info.storeVersion}`}  ${info.location}`],
    ['schema', schema],
  ]
  if (info.sizeBytes !== null) pairs.push(['size', bytes(info.sizeBytes)])
  for (const [name, value] of Object.entries(info.facts)) pairs.push([name, value])
  const sections = [
    renderPairs(pairs, output.style),
    queueTable(overview, output.style),
    workerTable(overview.workers, overview.at, output.style),
  ]
  for (const lines of sections) {
    for (const line of lines) output.text(line)
    output.text()
  }
}

function schemaText(schema: { readonly found: number; readonly wanted: number }): string {
  return schema.found === schema.wanted
    ? `version ${schema.found}`
    : `version ${schema.found}, this release wants ${schema.wanted}`
}
