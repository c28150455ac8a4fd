/**
 * `millrace enqueue`: stores one job, and with `--wait` waits for its output.
 * @module
 */
import type { Command } from 'commander'
import type { AnyTask, EnqueueOptions, Millrace, Receipt } from '../../contract/index.ts'
import { suggest } from '../../kit/suggest.ts'
import { action, type ConfigOptions, type Run, withConfig } from '../command.ts'
import { withProject } from '../connect.ts'
import { EXIT } from '../exit-codes.ts'
import { refusedError, usageError } from '../failure.ts'
import { given } from '../given.ts'
import { readInput } from '../input.ts'
import type { Output } from '../output.ts'
import { oneLine } from '../printable.ts'
import { duration, instant, integer, repeated } from '../values.ts'

interface Options extends ConfigOptions {
  readonly delay?: number
  readonly at?: number
  readonly queue?: string
  readonly priority?: number
  readonly id?: string
  readonly uniqueKey?: string
  readonly tag?: readonly string[]
  readonly wait?: boolean
  readonly timeout?: number
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withConfig(
    command
      .argument('<task>', 'name of a task of the config')
      .argument('[json]', 'the input as JSON; `-` reads it from standard input (default: no input)'),
  )
    .option('--delay <duration>', 'wait this long before it may run (10m)', duration())
    .option('--at <time>', 'not before this time (2026-12-24T18:00:00Z)', instant)
    .option('--queue <name>', 'queue, instead of the task’s own')
    .option('--priority <number>', 'from -100 to 100, higher first', integer(-100, 100))
    .option('--id <id>', 'the job’s id: the same id is stored once')
    .option('--unique-key <key>', 'store nothing while a job of this task with this key is not finished')
    .option('--tag <tag>', 'a tag; give it again for more', repeated)
    .option('--wait', 'wait until it has run, and print its output')
    .option('--timeout <duration>', 'with --wait: the longest wait (default: no limit)', duration(1))
  action<Options>(command, run, {
    examples: [
      `millrace enqueue send-email '{"to":"alice@example.com"}' --delay 10m`,
      'cat order.json | millrace enqueue import-order - --wait --timeout 1m --json',
    ],
    act: async ({ args, options, output, shell }) => {
      if (options.delay !== undefined && options.at !== undefined) {
        throw usageError('--delay and --at cannot be used together: both say when the job may start.')
      }
      if (options.timeout !== undefined && options.wait !== true) throw usageError('--timeout needs --wait.')
      const input = await readInput(args[1] as string | undefined, shell)
      return withProject(options, shell, async ({ app, configPath }) => {
        const task = findTask(app, String(args[0]), configPath)
        const receipt = await app.enqueue(task, input, enqueueOptions(options))
        await noteStoreOfThisProcess(app, output)
        return finish(app, receipt, options, output)
      })
    },
  })
}

function enqueueOptions(options: Options): EnqueueOptions {
  const { delay, at, queue, priority, id, tag, uniqueKey } = options
  const unique = uniqueKey === undefined ? undefined : { by: () => uniqueKey }
  return given({ delay, at, queue, priority, id, tags: tag, unique })
}

function findTask(app: Millrace, name: string, configPath: string | null): AnyTask {
  const found = app.tasks.find((task) => task.name === name || task.options.aliases?.includes(name) === true)
  if (found !== undefined) return found
  const known = app.tasks.map((task) => task.name)
  const near = suggest(name, known)
  const hint = known.length === 0 ? 'The config registers no tasks.' : `Tasks are: ${known.join(', ')}.`
  const where = configPath ?? 'the config'
  throw refusedError(
    'not-found',
    `There is no task "${name}" in ${where}.${near === null ? '' : ` Did you mean ${near}?`}`,
    hint,
  )
}

async function finish(app: Millrace, receipt: Receipt, options: Options, output: Output): Promise<number> {
  const { id, outcome, task } = receipt
  if (options.wait !== true) {
    output.document({ id, outcome, task })
    output.text(`${outcome} ${oneLine(id)}`)
    return EXIT.ok
  }
  output.note(`${outcome} ${oneLine(id)}, waiting for it`)
  if ((await app.workers()).length === 0)
    output.note('note: no worker is running now. `millrace work` starts one.')
  await notePaused(app, id, output)
  const result = await app.result(id, given({ timeout: options.timeout }))
  output.document({ id, outcome, task, result: result ?? null })
  output.text(JSON.stringify(result ?? null, null, 2))
  return EXIT.ok
}

async function noteStoreOfThisProcess(app: Millrace, output: Output): Promise<void> {
  const { name, url } = await app.ready()
  if (url !== null) return
  output.note(
    `note: the store is ${name}, which only this process sees: nothing keeps the job, and no worker finds it.`,
  )
}

async function notePaused(app: Millrace, id: string, output: Output): Promise<void> {
  const job = await app.get(id)
  if (job === null || !(await app.queues.paused()).includes(job.queue)) return
  const queue = oneLine(job.queue)
  output.note(`note: the queue ${queue} is paused: the job waits until \`millrace queues resume ${queue}\`.`)
}
