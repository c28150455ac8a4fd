/**
 * `millrace bench`: how fast your own store is, measured in a queue of its own.
 * @module
 */
import type { Command } from 'commander'
import { runBench } from '../bench/run.ts'
import type { ScenarioResult } from '../bench/scenario.ts'
import { type ActionCall, action, type Run, type StoreOptions, withStore } from '../command.ts'
import { withStoreApp } from '../connect.ts'
import { EXIT, exitCodeOfSignal } from '../exit-codes.ts'
import { count } from '../figures.ts'
import type { Output } from '../output.ts'
import { renderTable } from '../table.ts'
import { integer } from '../values.ts'
import { onStopSignals, type StopSignal } from '../worker/stop-signals.ts'

interface BenchCommandOptions extends StoreOptions {
  readonly jobs: number
  readonly slots: number
  readonly payload: number
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Measure enqueue, process and latency on your own store, in a queue of its own that is deleted afterwards. ' +
      'The store works hard meanwhile; its finished jobs count towards retention until they are deleted.',
  )
  withStore(command)
    .option('--jobs <count>', 'jobs to measure with', integer(1, 10_000_000), 10_000)
    .option('--slots <count>', 'attempts at a time', integer(1, 10_000), 100)
    .option('--payload <bytes>', 'size of each input', integer(2, 1_000_000), 100)
  action<BenchCommandOptions>(command, run, {
    examples: ['millrace bench', 'millrace bench --backend sqlite:/tmp/try.db --jobs 50000 --json'],
    act: bench,
  })
}

async function bench({ options, output, shell }: ActionCall<BenchCommandOptions>): Promise<number> {
  const abort = new AbortController()
  let signalled: StopSignal | null = null
  const stopListening = onStopSignals((signal) => {
    signalled = signal
    abort.abort()
  })
  try {
    return await withStoreApp({ ...options, create: true }, shell, async ({ app }) => {
      const { name, location, storeVersion } = await app.info()
      output.text(`${name}${storeVersion === null ? '' : ` ${storeVersion}`}  ${location}`)
      const { jobs, slots, payload } = options
      const results = await runBench(await app.ready(), {
        jobs,
        slots,
        payload,
        signal: abort.signal,
        onProgress: (scenario) => output.note(`${scenario} …`),
      })
      output.document({
        store: name,
        location,
        storeVersion,
        node: process.version,
        slots,
        payloadBytes: payload,
        results,
      })
      for (const line of table(results, output)) output.text(line)
      return results.some((result) => result.exact === false) ? EXIT.failure : EXIT.ok
    })
  } catch (error) {
    if (signalled === null || error !== abort.signal.reason) throw error
    output.note('Stopped; what was stored for the bench is deleted.')
    return exitCodeOfSignal(signalled)
  } finally {
    stopListening()
  }
}

function table(results: readonly ScenarioResult[], output: Output): string[] {
  const ms = (value: number | null): string => (value === null ? '-' : value.toFixed(2))
  return renderTable(
    results,
    [
      { title: 'scenario', value: (row) => row.scenario },
      { title: 'jobs', align: 'right', value: (row) => count(row.jobs) },
      { title: 'seconds', align: 'right', value: (row) => row.seconds.toFixed(3) },
      { title: 'jobs/s', align: 'right', value: (row) => count(row.jobsPerSecond) },
      { title: 'p50 ms', align: 'right', value: (row) => ms(row.p50Ms) },
      { title: 'p99 ms', align: 'right', value: (row) => ms(row.p99Ms) },
      {
        title: 'exactly once',
        value: ({ exact }) => (exact === null ? '-' : exact ? 'yes' : 'no'),
        style: ({ exact }) => (exact === false ? 'red' : null),
      },
    ],
    output.style,
  )
}
