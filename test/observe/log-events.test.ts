import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import type { FieldSet } from '../../src/observe/logs/field-sets.ts'
import { logEvents } from '../../src/observe/logs/log-events.ts'
import { isLogged } from '../../src/observe/logs/logged.ts'
import { pinoOptions } from '../../src/observe/logs/pino-options.ts'
import { broken, flaky, greet, makeApp, work } from './observed.ts'

type Line = Record<string, unknown>

/** What a run of three jobs logs with this field set, through a real pino. */
async function logged(fields: FieldSet): Promise<{ lines: Line[]; ids: Record<string, string> }> {
  const app = makeApp()
  const lines: Line[] = []
  const logger = pino(pinoOptions(fields, 'shop'), {
    write: (text: string) => lines.push(JSON.parse(text) as Line),
  })
  await logEvents(app, { logger, fields })
  const ids = {
    greet: (await app.enqueue(greet, { password: 'swordfish' })).id,
    flaky: (await app.enqueue(flaky, null)).id,
    broken: (await app.enqueue(broken, { n: 7 })).id,
  }
  await work(app, 3)
  return { lines, ids }
}

test('plain: one line for every step of every job, and nothing of its input', async () => {
  const { lines, ids } = await logged('plain')
  const stepsOf = (id: string | undefined) =>
    lines.filter((line) => line.jobId === id).map((line) => line.event)
  expect(stepsOf(ids.greet)).toEqual(['job:enqueued', 'job:started', 'job:succeeded'])
  expect(stepsOf(ids.flaky)).toEqual([
    ...['job:enqueued', 'job:started', 'job:retrying'],
    ...['job:started', 'job:succeeded'],
  ])
  expect(stepsOf(ids.broken)).toEqual(['job:enqueued', 'job:started', 'job:failed'])
  expect(lines.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['worker:started', 'worker:stopped']),
  )
  expect(JSON.stringify(lines)).not.toContain('swordfish')
  const end = lines.find(({ event }) => event === 'job:failed')
  expect(end).toMatchObject({
    ...{ level: 'error', msg: 'job failed', service: 'shop', pid: process.pid },
    ...{ task: 'broken', queue: 'bad', attempt: 1, outcome: 'failed', reason: 'exhausted' },
    error: { name: 'TypeError', message: 'it broke for 7', code: 'E7', cause: { message: 'the reason' } },
  })
  expect(end?.durationMs).toBeGreaterThanOrEqual(0)
  expect(Date.parse(String(end?.time))).toBeGreaterThan(Date.now() - 60_000)
})

test('ecs, datadog and otel: the same under the names their stores know', async () => {
  const ecs = (await logged('ecs')).lines.find((line) => line['event.action'] === 'job:failed')
  expect(ecs).toMatchObject({
    ...{ 'log.level': 'error', message: 'job failed', 'service.name': 'shop', 'ecs.version': '8.11.0' },
    ...{ 'event.outcome': 'failure', 'error.type': 'TypeError', 'error.message': 'it broke for 7' },
    ...{ 'error.code': 'E7', millrace: { task: 'broken', queue: 'bad', attempt: 1, reason: 'exhausted' } },
  })
  expect(ecs?.['error.stack_trace']).toMatch(/^TypeError: it broke[\s\S]*\ncaused by Error: the reason/)
  expect(Date.parse(String(ecs?.['@timestamp']))).not.toBeNaN()

  const isRetry = (line: Line) => (line.evt as Line | undefined)?.name === 'job:retrying'
  expect((await logged('datadog')).lines.find(isRetry)).toMatchObject({
    ...{ status: 'warn', service: 'shop', duration: expect.any(Number) },
    error: { kind: 'Error', message: 'connection reset', stack: expect.stringContaining('observed.ts') },
    millrace: { task: 'flaky', attempt: 1, delayMs: 1 },
  })

  const { lines, ids } = await logged('otel')
  const isEnd = ({ Attributes }: Line) => (Attributes as Line)['event.name'] === 'job:succeeded'
  expect(lines.find(isEnd)).toMatchObject({
    ...{
      SeverityText: 'INFO',
      SeverityNumber: 9,
      Body: 'job succeeded',
      Timestamp: expect.stringMatching(/^\d{19}$/),
    },
    Resource: { 'service.name': 'shop' },
    Attributes: {
      'messaging.destination.name': 'default',
      'messaging.message.id': ids.greet,
      'millrace.task': 'greet',
    },
  })
})

test('nothing is logged twice, and the end of it is the end', async () => {
  const app = makeApp()
  const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  const stop = await logEvents(app, { logger, events: ['job:enqueued', 'job:enqueued'] })
  await expect(logEvents(app, { logger })).rejects.toThrow('logged already')
  const { id } = await app.enqueue(greet, { password: 'x' })
  expect(logger.info).toHaveBeenCalledExactlyOnceWith(
    { event: 'job:enqueued', task: 'greet', jobId: id, queue: 'default', outcome: 'created' },
    'job enqueued',
  )
  stop()
  stop()
  expect(isLogged(app.events)).toBe(false)
  await app.enqueue(greet, { password: 'x' })
  expect(logger.info).toHaveBeenCalledOnce()
  await logEvents(app, { logger })
})

test('a logger that throws harms no job', async () => {
  const app = makeApp()
  const errors: unknown[] = []
  app.events.on('internal:error', ({ error }) => errors.push(error))
  const fail = (): never => {
    throw new Error('disk full')
  }
  await logEvents(app, { logger: { info: fail, warn: fail, error: fail }, events: ['job:succeeded'] })
  const { id } = await app.enqueue(greet, { password: 'x' })
  await work(app, 1)
  expect(await app.get(id)).toMatchObject({ state: 'succeeded' })
  expect(errors).toMatchObject([{ message: 'disk full' }])
})

test.each([
  [{ fields: 'elk' }, /fields must be one of plain, ecs, datadog, otel, got 'elk'/],
  [{ loger: console }, /Did you mean 'logger'/],
  [{ logger: { info() {} } }, /warn is none/],
  [{ logger: console, service: 'shop' }, /says itself/],
  [{ events: ['job:progress'] }, /events must be a list of/],
])('refuses %o', async (options, message) => {
  const app = makeApp()
  await expect(logEvents(app, options as never)).rejects.toThrow(message)
  expect(isLogged(app.events)).toBe(false)
})

test('without a logger it is pino, to standard output', async () => {
  const script = fileURLToPath(new URL('logging-child.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script])
  const [line] = stdout.trim().split('\n')
  expect(JSON.parse(String(line))).toMatchObject({ level: 'info', event: 'job:enqueued', task: 'greet' })
})
