/**
 * `millrace work`: runs workers until they are told to stop.
 * @module
 */
import type { Command } from 'commander'
import { FIELD_SETS, type FieldSet } from '../../observe/logs/field-sets.ts'
import { type ActionCall, action, type ConfigOptions, type Run, withConfig } from '../command.ts'
import { checkConfigExists, withProject } from '../connect.ts'
import { EXIT } from '../exit-codes.ts'
import { usageError } from '../failure.ts'
import { many } from '../figures.ts'
import { type MetricsFlags, serveMetrics, withMetricsFlags } from '../metrics.ts'
import type { Output } from '../output.ts'
import { withoutSecrets } from '../store-url.ts'
import { choice, integer } from '../values.ts'
import { readPackage } from '../version.ts'
import { withoutOptions } from '../worker/child-arguments.ts'
import { type WorkerFlags, withWorkerFlags, workerOptions } from '../worker/flags.ts'
import { serve } from '../worker/serve.ts'
import { noteServedInVain } from './queues/known.ts'

interface WorkOptions extends ConfigOptions, WorkerFlags, MetricsFlags {
  readonly processes?: number
  readonly maxMemory?: number
  readonly drain?: boolean
  readonly once?: boolean
  readonly schedules: boolean
  readonly verbose?: boolean
  readonly log?: FieldSet
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Run a worker, or several under one supervisor. SIGTERM or Ctrl+C stops it gracefully: it claims no more, ' +
      'lets running attempts finish for the grace time and gives the rest back. SIGUSR2 only stops the claiming.',
  )
  withMetricsFlags(withWorkerFlags(withConfig(command)))
    .option('--processes <count>', 'worker processes under one supervisor', integer(1, 1_024))
    .option(
      '--max-memory <MiB>',
      'replace a worker process that holds more than this',
      integer(32, 1_048_576),
    )
    .option('--drain', 'stop once nothing is left to run now; exits 1 where a job failed for good')
    .option('--once', 'same as --drain')
    .option('--no-schedules', 'fire no schedules here (they are not with --drain, either)')
    .option('--verbose', 'a line for every job, not only for those that go wrong')
    .option(
      '--log <fields>',
      `a JSON line for every step, by pino and with these field names: ${FIELD_SETS.join(', ')}`,
      choice(FIELD_SETS, 'a set of field names'),
    )
  action<WorkOptions>(command, run, {
    examples: [
      'millrace work --slots 20 --queues mail=3,default=1',
      'millrace work --processes 4 --max-memory 512',
      'millrace work --drain --json',
      'millrace work --log ecs --metrics-port 9464',
    ],
    act: (call) => {
      checkTogether(call.options)
      return needsSupervisor(call.options) ? supervise(call) : work(call)
    },
  })
}

function needsSupervisor(options: WorkOptions): boolean {
  return options.maxMemory !== undefined || (options.processes ?? 1) > 1
}

function checkTogether(options: WorkOptions): void {
  if (options.log !== undefined && options.json === true) {
    throw usageError('--log and --json both print JSON lines.', 'Choose one of them.')
  }
  if (options.metricsPort !== undefined && needsSupervisor(options)) {
    throw usageError(
      '--metrics-port is for one process: several cannot share a port.',
      'Start several workers with a port each, without --processes and --max-memory.',
    )
  }
}

async function supervise({ options, shell }: ActionCall<WorkOptions>): Promise<number> {
  const { findConfig } = await import('../config.ts')
  const { runSupervisor } = await import('../supervisor.ts')
  // Said once here, not once by each process.
  checkConfigExists(options, shell)
  findConfig({ cwd: shell.cwd, config: options.config })
  return runSupervisor({
    processes: options.processes ?? 1,
    argv: withoutOptions(process.argv.slice(2), ['--processes', '--max-memory']),
    maxMemoryMiB: options.maxMemory ?? null,
    restart: !drains(options),
    json: options.json === true || options.log !== undefined,
  })
}

function drains(options: WorkOptions): boolean {
  return options.drain === true || options.once === true
}

async function work({ options, shell, ...call }: ActionCall<WorkOptions>): Promise<number> {
  // Standard output belongs to the log then, and all that follows is in it or goes to standard error.
  const output: Output = options.log === undefined ? call.output : { ...call.output, text: () => undefined }
  return withProject(options, shell, async ({ app, configPath }) => {
    const drain = drains(options)
    const fires = options.schedules && !drain
    const tasks = app.tasks.filter((task) => task.runnable)
    const { version } = readPackage()
    const backend = await app.ready()
    const location = backend.url === null ? backend.name : withoutSecrets(backend.url)
    output.record({
      event: 'command:started',
      at: Date.now(),
      version,
      config: configPath,
      pid: process.pid,
      tasks: tasks.map((task) => task.name),
    })
    output.text(
      `${output.style('bold', `millrace ${version}`)}  ${configPath ?? ''}  ${location}  ${many(tasks.length, 'task')}`,
    )
    for (const task of app.tasks) {
      if (!task.runnable)
        output.note(`note: the task ${task.name} has no handler here: its jobs are parked as unknown-task.`)
    }
    const onQueues = (queues: readonly string[]): Promise<void> => noteServedInVain(app, queues, output)
    const stopMetrics = await serveMetrics(app, options, output)
    try {
      const { failed } = await serve(
        app,
        {
          worker: { ...workerOptions(options), ...(fires ? {} : { schedules: false }) },
          drain,
          verbose: options.verbose === true,
          log: options.log ?? null,
          onQueues,
        },
        output,
      )
      return drain && failed > 0 ? EXIT.failure : EXIT.ok
    } finally {
      await stopMetrics()
    }
  })
}
