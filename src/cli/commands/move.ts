/**
 * `millrace move`: all jobs and schedules of one store into another, nothing lost or doubled, resumable.
 * @module
 */
import type { Command } from 'commander'
import type { Backend } from '../../contract/index.ts'
import { type ActionCall, action, type CommonOptions, type Run } from '../command.ts'
import { EXIT, exitCodeOfSignal } from '../exit-codes.ts'
import { count, many } from '../figures.ts'
import { asMoveEnd, checkDifferent, type MoveEnd } from '../move/ends.ts'
import type { ScheduleAccount } from '../move/move-schedules.ts'
import { type MoveAccount, moveStore } from '../move/move-store.ts'
import type { Output } from '../output.ts'
import { oneLine } from '../printable.ts'
import { progressBar } from '../progress-bar.ts'
import type { Shell } from '../shell.ts'
import { checkExists } from '../store-url.ts'
import { duration } from '../values.ts'
import { onStopSignals, type StopSignal } from '../worker/stop-signals.ts'

interface MoveCommandOptions extends CommonOptions {
  readonly from: string
  readonly to: string
  readonly timeout?: number
}

/** As long as a job of a worker that went away may take to be given back, many times over. */
const GIVE_UP_MS = 300_000

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command
    .description(
      'Move all jobs to another store, with all that is kept with them, and all schedules, which then fire there. ' +
        'Point producers to the new store first; workers of the old one may go on. Interrupted at any moment, the ' +
        'same command goes on where it was.',
    )
    .requiredOption('--from <url>', 'store to move from, such as sqlite:old.db')
    .requiredOption('--to <url>', 'store to move to')
    .option(
      '--timeout <duration>',
      'give up after so long without a job that could be moved (default: 5m)',
      duration(),
    )
    .addHelpText('after', '\nA unique key that a job of the new store holds stays with that job.')
  action<MoveCommandOptions>(command, run, {
    examples: [
      'millrace move --from sqlite:old.db --to sqlite:/data/millrace.db',
      'millrace move --from sqlite:a.db --to sqlite:b.db --timeout 1m --json',
    ],
    act: move,
  })
}

async function move({ options, output, shell }: ActionCall<MoveCommandOptions>): Promise<number> {
  const { loadBackend } = await import('../../app/load-backend.ts')
  const opened: Backend[] = []
  try {
    const open = async (url: string, option: string): Promise<MoveEnd> => {
      const backend = await loadBackend(url)
      opened.push(backend)
      return asMoveEnd(backend, option)
    }
    const from = await open(options.from, '--from')
    checkExists(options.from, shell.cwd, '--from')
    const to = await open(options.to, '--to')
    await checkDifferent(from, to)
    return await moveWatched(from, to, options, output, shell)
  } finally {
    for (const backend of opened) await backend.close()
  }
}

async function moveWatched(
  from: MoveEnd,
  to: MoveEnd,
  options: MoveCommandOptions,
  output: Output,
  shell: Shell,
): Promise<number> {
  const abort = new AbortController()
  let signalled: StopSignal | null = null
  const stopListening = onStopSignals((signal) => {
    signalled = signal
    abort.abort()
  })
  const bar = await progressBar('moving', output, shell)
  try {
    const account = await moveStore(from, to, {
      timeoutMs: options.timeout ?? GIVE_UP_MS,
      signal: abort.signal,
      onProgress: (done, total) => bar.update(done, total),
    })
    bar.stop()
    output.document(account)
    print(account, output)
    if (signalled !== null && account.remaining > 0) return exitCodeOfSignal(signalled)
    return account.remaining === 0 && account.schedules.conflicts.length === 0 ? EXIT.ok : EXIT.failure
  } finally {
    bar.stop()
    stopListening()
  }
}

function print(account: MoveAccount, output: Output): void {
  const { moved, skipped, remaining, active, conflicts, paused } = account
  output.text(`${output.style('green', 'moved')}      ${count(moved)}`)
  output.text(
    `${output.style('dim', 'skipped')}    ${count(skipped)}${skipped === 0 ? '' : ' (were there already, from an interrupted move)'}`,
  )
  output.text(`${output.style(remaining === 0 ? 'dim' : 'yellow', 'remaining')}  ${count(remaining)}`)
  if (paused.length > 0) output.text(`Paused there as here: ${oneLine(paused.join(', '))}.`)
  printSchedules(account.schedules, output)
  if (active > 0)
    output.note(`${many(active, 'job')} still ran. Once they have finished, start the same move again.`)
  if (conflicts.length > 0) {
    const some = conflicts.slice(0, 10).join(', ')
    output.note(
      `${many(conflicts.length, 'job')} left behind, as the other store has a different job with the same id: ` +
        `${oneLine(some)}${conflicts.length > 10 ? ', …' : ''}. Delete one of the two, then start the same move again.`,
    )
  }
}

function printSchedules({ moved, skipped, conflicts, paused }: ScheduleAccount, output: Output): void {
  if (moved + skipped > 0) {
    const there = skipped === 0 ? '' : `; ${count(skipped)} were there already`
    output.text(`${many(moved, 'schedule')} moved${there}. They fire there now, and are paused here.`)
  }
  if (paused.length > 0) output.text(`Schedules paused there as here: ${oneLine(paused.join(', '))}.`)
  if (conflicts.length > 0) {
    output.note(
      `${many(conflicts.length, 'schedule')} left alone, as the other store has a different one of the same name: ` +
        `${oneLine(conflicts.join(', '))}. Remove one of the two, then start the same move again.`,
    )
  }
}
