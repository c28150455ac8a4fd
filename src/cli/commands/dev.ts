/**
 * `millrace dev`: a worker that restarts when the project's code changes.
 * @module
 */
import type { Command } from 'commander'
import { type ActionCall, action, type ConfigOptions, type Run, withConfig } from '../command.ts'
import { restarter } from '../dev-child.ts'
import { watchSources } from '../dev-watch.ts'
import { exitCodeOfSignal } from '../exit-codes.ts'
import { oneLine } from '../printable.ts'
import { names } from '../values.ts'
import { withoutOptions } from '../worker/child-arguments.ts'
import { type WorkerFlags, withWorkerFlags } from '../worker/flags.ts'
import { onStopSignals, type StopSignal } from '../worker/stop-signals.ts'

interface DevOptions extends ConfigOptions, WorkerFlags {
  readonly ignore?: readonly string[]
}

/** An editor saves in several steps, and a branch switch touches many files. */
const QUIET_MS = 120

/** Nobody wants to wait long for a reload. */
const GRACE = '2s'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Run a worker, print every job, and start afresh when a source file changes. Watches .ts, .js, .json and .env ' +
      'files below this folder, without node_modules, dist, build, coverage and folders that begin with a dot.',
  )
  withWorkerFlags(withConfig(command), GRACE).option(
    '--ignore <folders>',
    'further folder names not to watch',
    names,
  )
  action<DevOptions>(command, run, {
    examples: ['millrace dev', 'millrace dev --slots 2 --ignore data,uploads'],
    act: dev,
  })
}

async function dev({ options, output, shell }: ActionCall<DevOptions>): Promise<number> {
  const child = restarter(childArguments(options), output)
  let resolveSignal: (signal: StopSignal) => void = () => undefined
  const signalled = new Promise<StopSignal>((resolve) => {
    resolveSignal = resolve
  })
  const stopListening = onStopSignals((signal) => resolveSignal(signal))
  let failWatching: (error: Error) => void = () => undefined
  const watchFailed = new Promise<never>((_resolve, reject) => {
    failWatching = reject
  })
  const stopWatching = await watchSources({
    folder: shell.cwd,
    ignore: options.ignore ?? [],
    quietMs: QUIET_MS,
    onChange: (paths) => {
      output.record({ event: 'command:changed', at: Date.now(), paths })
      const more = paths.length > 1 ? ` and ${paths.length - 1} more` : ''
      output.text(`${output.style('cyan', 'changed:')} ${oneLine(paths[0] ?? '')}${more}`)
      child.restart().catch(failWatching)
    },
    onError: (error) => failWatching(error),
  })
  try {
    await child.restart()
    const signal = await Promise.race([signalled, watchFailed])
    return exitCodeOfSignal(signal)
  } finally {
    stopWatching()
    await child.stop()
    stopListening()
  }
}

function childArguments(options: DevOptions): string[] {
  const own = withoutOptions(process.argv.slice(3), ['--ignore'])
  const grace = options.grace === undefined ? ['--grace', GRACE] : []
  return ['work', '--verbose', ...grace, ...own]
}
