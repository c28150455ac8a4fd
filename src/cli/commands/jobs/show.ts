/**
 * `millrace jobs show`: all that is known of one job.
 * @module
 */
import type { Command } from 'commander'
import type { AttemptRecord, JobError, JobLogLine, JobView } from '../../../contract/index.ts'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { refusedError } from '../../failure.ts'
import { relative, span, stateStyle, time } from '../../figures.ts'
import { jobDocument } from '../../job-document.ts'
import type { Output } from '../../output.ts'
import { brief, manyLines, oneLine } from '../../printable.ts'
import { handlerStack } from '../../stack.ts'
import { renderPairs, renderTable } from '../../table.ts'
import { integer } from '../../values.ts'

interface ShowOptions extends StoreOptions {
  readonly logs: number
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withStore(command.argument('<id>', 'the job’s id')).option(
    '--logs <count>',
    'the latest log lines',
    integer(0, 10_000),
    200,
  )
  action<ShowOptions>(command, run, {
    examples: ['millrace jobs show 0193a1f2-5b7e-7c4d-9a10-3f2b6c8d9e01', 'millrace jobs show my-id --json'],
    act: ({ args, options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const id = String(args[0])
        const job = await app.get(id)
        if (job === null) {
          throw refusedError(
            'not-found',
            `There is no job ${id} in this store.`,
            'It may have been pruned. `millrace jobs list` shows what is there.',
          )
        }
        const [attempts, logs] = await Promise.all([
          app.attempts(id),
          app.logs(id, Math.max(1, options.logs)),
        ])
        const lines = options.logs === 0 ? [] : logs
        output.document({ ...jobDocument(job), attempts, logs: lines })
        print(job, attempts, lines, output)
        return EXIT.ok
      }),
  })
}

function print(
  job: JobView,
  attempts: readonly AttemptRecord[],
  logs: readonly JobLogLine[],
  output: Output,
): void {
  const { style, text } = output
  for (const line of renderPairs(facts(job, output), style)) text(line)
  value('input', job.decodeError === null ? job.input : `(${job.decodeError})`, output)
  if (job.state === 'succeeded') value('output', job.output, output)
  if (job.error !== null) {
    heading('error', output)
    for (const line of errorLines(job.error, output)) text(line)
  }
  if (attempts.length > 0) {
    heading('attempts', output)
    for (const line of attemptTable(attempts, output)) text(line)
    for (const line of attempts.flatMap(attemptError)) text(line)
  }
  if (logs.length > 0) heading('log', output)
  for (const line of logs) text(logLine(line, output))
}

/** A cell for people is cut so that lines fit; what a program or a file gets is whole. */
function longest(output: Output, onTerminal: number): number {
  return output.terminal ? onTerminal : Number.POSITIVE_INFINITY
}

function facts(job: JobView, output: Output): [string, string][] {
  const { style } = output
  const now = Date.now()
  const paint = stateStyle(job.state)
  const state = `${paint === null ? job.state : style(paint, job.state)}${job.reason === null ? '' : ` (${job.reason})`}`
  const pairs: [string, string][] = [
    ['id', oneLine(job.id)],
    ['task', `${oneLine(job.task)}${job.version === 1 ? '' : `, version ${job.version}`}`],
    ['queue', oneLine(job.queue)],
    ['state', state],
    [
      'attempt',
      `${job.attempt} of ${job.maxAttempts}${job.lost === 0 ? '' : `, ${job.lost} lost with their worker`}`,
    ],
    ['priority', String(job.priority)],
    ['created', `${time(job.createdAt)} (${relative(job.createdAt, now)})`],
    ['due', `${time(job.dueAt)} (${relative(job.dueAt, now)})`],
  ]
  if (job.startedAt !== null) pairs.push(['started', time(job.startedAt)])
  if (job.finishedAt !== null) pairs.push(['finished', time(job.finishedAt)])
  if (job.expiresAt !== null) pairs.push(['expires', time(job.expiresAt)])
  if (job.timeoutMs !== null) pairs.push(['timeout', span(job.timeoutMs)])
  if (job.worker !== null) pairs.push(['worker', oneLine(job.worker)])
  if (job.tags.length > 0) pairs.push(['tags', oneLine(job.tags.join(', '))])
  if (job.meta !== null) pairs.push(['meta', brief(job.meta, longest(output, 200))])
  if (job.progress !== null)
    pairs.push(['progress', `${job.progress.percent}% ${oneLine(job.progress.note ?? '')}`])
  return pairs
}

function heading(title: string, output: Output): void {
  output.text()
  output.text(output.style('bold', title))
}

function value(title: string, content: unknown, output: Output): void {
  if (content === undefined || content === null) return
  heading(title, output)
  output.text(manyLines(typeof content === 'string' ? content : JSON.stringify(content, null, 2)))
}

function errorLines(error: JobError, output: Output): string[] {
  const lines: string[] = []
  let word = ''
  for (let current: JobError | null = error; current !== null; current = current.cause) {
    const code = current.code === null ? '' : ` [${oneLine(current.code)}]`
    // A stack begins with name and message.
    const stack = current.stack ?? `${current.name}: ${current.message}`
    lines.push(word + manyLines(output.terminal ? handlerStack(stack) : stack) + code)
    word = 'caused by '
  }
  return lines
}

function attemptTable(attempts: readonly AttemptRecord[], output: Output): string[] {
  return renderTable(
    attempts,
    [
      { title: '#', align: 'right', value: (attempt) => String(attempt.attempt) },
      {
        title: 'outcome',
        value: (attempt) => attempt.outcome,
        style: ({ outcome }) =>
          outcome === 'succeeded' ? 'green' : outcome === 'running' ? 'cyan' : 'yellow',
      },
      { title: 'started', value: (attempt) => time(attempt.startedAt) },
      {
        title: 'took',
        align: 'right',
        value: ({ startedAt, finishedAt }) => (finishedAt === null ? '-' : span(finishedAt - startedAt)),
      },
      { title: 'worker', value: (attempt) => attempt.worker ?? '-', max: longest(output, 32) },
      {
        title: 'error',
        value: ({ error }) => (error === null ? '' : `${error.name}: ${error.message}`),
        max: longest(output, 60),
      },
    ],
    output.style,
  )
}

/** The whole message of an attempt's error, which the table has no room for, and its causes. */
function attemptError({ attempt, error }: AttemptRecord): string[] {
  const lines: string[] = []
  let word = `attempt ${attempt}: `
  for (let current = error; current !== null; current = current.cause) {
    lines.push(word + manyLines(`${current.name}: ${current.message}`))
    word = '  caused by '
  }
  return lines
}

function logLine(line: JobLogLine, output: Output): string {
  const { style } = output
  const paint = line.level === 'error' ? 'red' : line.level === 'warn' ? 'yellow' : 'dim'
  const fields = line.fields === null ? '' : ` ${style('dim', brief(line.fields, longest(output, 200)))}`
  return `${style('dim', time(line.at))} ${style(paint, line.level.padEnd(5))} ${manyLines(line.message)}${fields}`
}
