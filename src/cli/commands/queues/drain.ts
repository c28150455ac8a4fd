/**
 * `millrace queues drain`: cancels every waiting job of a queue.
 * @module
 */
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { count, many } from '../../figures.ts'
import { readOverview, waitingOf } from '../../overview.ts'
import { noteUnknownQueues } from './known.ts'

interface DrainOptions extends StoreOptions {
  readonly yes?: boolean
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description('Cancel every waiting job of a queue (reason `drained`). Running jobs go on.')
  withStore(command.argument('<name>', 'name of the queue')).option(
    '-y, --yes',
    'agree beforehand, do not ask',
  )
  action<DrainOptions>(command, run, {
    examples: ['millrace queues drain mail', 'millrace queues drain mail --yes --json'],
    act: ({ args, options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const name = String(args[0])
        const row = (await readOverview(app)).queues.find((queue) => queue.queue === name)
        const waiting = row === undefined ? 0 : waitingOf(row.counts)
        if (waiting === 0) await noteUnknownQueues(app, [name], output)
        else await confirm(`Cancel ${many(waiting, 'waiting job')} of the queue ${name}?`, options, shell)
        const cancelled = await app.queues.drain(name)
        output.document({ queue: name, cancelled })
        output.text(`${count(cancelled)} waiting ${cancelled === 1 ? 'job' : 'jobs'} of ${name} cancelled.`)
        return EXIT.ok
      }),
  })
}
