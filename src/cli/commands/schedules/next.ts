/**
 * `millrace schedules next`: the next firings of a schedule.
 * @module
 */
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { relative, time } from '../../figures.ts'
import { integer } from '../../values.ts'

interface NextOptions extends StoreOptions {
  readonly count: number
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withStore(command.argument('<name>', 'the schedule’s name')).option(
    '--count <number>',
    'how many',
    integer(1, 1_000),
    10,
  )
  action<NextOptions>(command, run, {
    examples: [
      'millrace schedules next cleanup-old-data',
      'millrace schedules next report --count 30 --json',
    ],
    act: ({ args, options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const name = String(args[0])
        const times = (await app.schedules.next(name, options.count)).map((one) => one.getTime())
        output.document({ name, next: times.map((at) => time(at)) })
        if (times.length === 0) output.text('It fires no more.')
        for (const at of times) output.text(`${time(at)}  ${relative(at, Date.now())}`)
        return EXIT.ok
      }),
  })
}
