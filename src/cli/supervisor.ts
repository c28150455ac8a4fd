/**
 * Runs several processes of one command: starts them again when they crash, replaces them one by one on
 * request, and stops them together.
 * @module
 */
import { InvalidOptionError } from '../contract/index.ts'
import { checkInteger } from '../kit/check.ts'
import type { TextStream } from './shell.ts'
import { startSupervisedChild } from './supervisor/child.ts'
import { createReport } from './supervisor/report.ts'
import { Seat, type SeatRules } from './supervisor/seat.ts'
import { onStopSignals } from './worker/stop-signals.ts'

/** What a supervisor is made with. */
export interface SupervisorOptions {
  /** How many processes, from 1 to 1,024. */
  readonly processes: number
  /** The arguments of each; they must not ask for a supervisor again. */
  readonly argv: readonly string[]
  /** Replace a process that holds more than this, in MiB. Default and null: never. */
  readonly maxMemoryMiB?: number | null
  /** False: a process that failed is not started again, as with `--drain`. Default true. */
  readonly restart?: boolean
  /** Mark each line's process in JSON rather than in words. Default: whether `argv` has `--json`. */
  readonly json?: boolean
  /** The script each process runs. Default: this process's own. */
  readonly script?: string
  readonly stdout?: TextStream
  readonly stderr?: TextStream
  /** Pauses and limits that differ from the usual ones, in ms. */
  readonly rules?: Partial<Omit<SeatRules, 'restart' | 'maxMemoryMiB'>>
}

/** Pauses and limits of every process, in ms. */
const DEFAULT_RULES = {
  restartMs: 1_000,
  maxRestartMs: 30_000,
  steadyMs: 60_000,
  readyMs: 60_000,
  // A worker keeps its own grace time; this ends one that cannot even do that.
  stopMs: 600_000,
} as const

const MOST_PROCESSES = 1_024

/**
 * Runs the processes until all have ended, and answers the exit code: 0 where every process ended well.
 *
 * SIGTERM and SIGINT stop them gracefully, and a second one kills them. SIGUSR2, and SIGHUP where no terminal
 * was closed, replace them one by one: each new process claims jobs before the old one stops claiming. A
 * process that crashes is started again, at first after about a second, later after up to 30.
 * @throws InvalidOptionError
 */
export async function runSupervisor(options: SupervisorOptions): Promise<number> {
  const seats = makeSeats(options)
  const { stdout = process.stdout, stderr = process.stderr } = options
  const report = createReport(wantsJson(options), stdout, stderr)
  let stopping = false

  function stop(signal: NodeJS.Signals): void {
    stopping = true
    report({ event: 'supervisor:stopping', signal, running: seats.filter((seat) => seat.taken).length })
    for (const seat of seats) seat.stop(signal)
  }

  async function roll(): Promise<void> {
    for (const seat of seats) {
      if (stopping || !(await seat.replace('it was asked to'))) return
    }
  }

  const kill = (): void => {
    for (const seat of seats) seat.kill()
  }
  const undo = [onStopSignals(stop), onRollSignals(onlyOneAtATime(roll), () => stop('SIGTERM'), stdout)]
  // However this process ends, the others must not go on alone.
  process.on('exit', kill)
  try {
    for (const seat of seats) seat.start()
    return Math.max(...(await Promise.all(seats.map((seat) => seat.done))))
  } finally {
    for (const off of undo) off()
    process.off('exit', kill)
  }
}

function makeSeats(options: SupervisorOptions): Seat[] {
  const { maxMemoryMiB = null, restart = true, script = process.argv[1] } = options
  const { stdout = process.stdout, stderr = process.stderr } = options
  const processes = checkInteger(options.processes, 'processes', 1, MOST_PROCESSES)
  if (maxMemoryMiB !== null) checkInteger(maxMemoryMiB, 'max-memory', 1, Number.MAX_SAFE_INTEGER)
  if (script === undefined) {
    throw new InvalidOptionError(
      'script',
      'A supervisor starts its own script again, and this process has none.',
    )
  }
  const json = wantsJson(options)
  const command = { script, argv: options.argv, json, marked: processes > 1, stdout, stderr }
  const rules: SeatRules = { ...DEFAULT_RULES, ...options.rules, restart, maxMemoryMiB }
  const report = createReport(json, stdout, stderr)
  return Array.from({ length: processes }, (_, index) => {
    const number = index + 1
    return new Seat({ number, rules, report, start: () => startSupervisedChild(number, command) })
  })
}

function wantsJson({ json, argv }: SupervisorOptions): boolean {
  return json ?? argv.includes('--json')
}

/** A signal that comes while a round is under way asks for one more round, not for two at a time. */
function onlyOneAtATime(work: () => Promise<void>): () => void {
  let turn: Promise<void> = Promise.resolve()
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    turn = turn.then(() => {
      waiting = false
      return work()
    })
  }
}

function onRollSignals(roll: () => void, stop: () => void, stdout: TextStream): () => void {
  // On a terminal, SIGHUP means that it was closed.
  const hangUp = (): void => (stdout.isTTY === true ? stop() : roll())
  process.on('SIGHUP', hangUp)
  if (process.platform !== 'win32') process.on('SIGUSR2', roll)
  return () => {
    process.off('SIGHUP', hangUp)
    process.off('SIGUSR2', roll)
  }
}
