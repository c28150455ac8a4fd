/**
 * `millrace top`: queues, workers and failures, live.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../command.ts'
import { withStoreApp } from '../connect.ts'
import { EXIT } from '../exit-codes.ts'
import { jobDocument } from '../job-document.ts'
import { type Frame, takeFrame } from '../top/frame.ts'
import { runLive } from '../top/live.ts'
import { viewLines } from '../top/view.ts'
import { integer } from '../values.ts'

interface TopOptions extends StoreOptions {
  readonly every: number
  readonly count?: number
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Watch queues, rates, workers and the latest failures. Keys: q quits, p pauses. Where standard output is no ' +
      'terminal it prints one look; with --json it prints one line a look until it is stopped.',
  )
  withStore(command)
    .option('--every <seconds>', 'seconds between two looks', integer(1, 3_600), 1)
    .option('--count <looks>', 'with --json: stop after so many looks', integer(1, 1_000_000_000))
  action<TopOptions>(command, run, {
    examples: ['millrace top', 'millrace top --json --count 10 | jq .rates'],
    act: ({ options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const everyMs = options.every * 1_000
        if (!output.json && output.terminal) return runLive(app, everyMs, output, shell)
        const looks = output.json ? (options.count ?? Number.POSITIVE_INFINITY) : 1
        let frame: Frame | null = null
        for (let look = 0; look < looks; look += 1) {
          if (look > 0) await sleep(everyMs)
          frame = await takeFrame(app, frame, 5)
          output.record({ ...frame, failures: frame.failures.map(jobDocument) })
          if (!output.json) for (const line of viewLines(frame, output.style)) output.text(line)
        }
        return EXIT.ok
      }),
  })
}
