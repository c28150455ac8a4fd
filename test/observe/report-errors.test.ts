import { expect, test } from 'vitest'
import {
  type ErrorContext,
  type ReportErrorsOptions,
  reportErrors,
} from '../../src/observe/errors/report-errors.ts'
import { broken, flaky, greet, makeApp, work } from './observed.ts'

type Report = readonly [error: Error, context: ErrorContext]

async function reported(options: Omit<ReportErrorsOptions, 'report'>): Promise<Report[]> {
  const app = makeApp()
  const reports: Report[] = []
  reportErrors(app, { ...options, report: (error, context) => void reports.push([error, context]) })
  await app.enqueue(greet, { password: 'x' })
  await app.enqueue(flaky, null)
  await app.enqueue(broken, { n: 7 })
  await app.enqueue(broken, { n: 8 })
  await work(app, 4)
  return reports
}

test('last: what gave up, as the error that was thrown, with what groups it', async () => {
  const reports = await reported({ release: 'shop@1.4.2' })
  expect(reports).toHaveLength(2)
  const [[error, context], [, second]] = reports as [Report, Report]
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'TypeError',
    message: 'it broke for 7',
    code: 'E7',
    cause: { message: 'the reason' },
  })
  expect(error.stack).toMatch(/^TypeError: it broke for 7\n {4}at .*observed\.ts/)
  expect(context).toMatchObject({
    ...{ task: 'broken', queue: 'bad', attempt: 1, last: true, reason: 'exhausted', release: 'shop@1.4.2' },
    ...{
      jobId: expect.any(String),
      runMs: expect.any(Number),
      fingerprint: expect.stringMatching(/^[\da-f]{12}$/),
    },
  })
  expect(second.fingerprint).toBe(context.fingerprint)
})

test('each, and by a rule of your own', async () => {
  const tasks = (reports: readonly Report[]) => reports.map(([, { task, last }]) => `${task} ${last}`).sort()
  expect(tasks(await reported({ when: 'each' }))).toEqual(['broken true', 'broken true', 'flaky false'])
  const second = ({ task }: ErrorContext, { message }: Error) => task === 'broken' && message.endsWith('8')
  expect(tasks(await reported({ when: second }))).toEqual(['broken true'])
})

test('a job whose worker died is reported too, without an attempt that had not begun', () => {
  const app = makeApp()
  const reports: Report[] = []
  const stop = reportErrors(app, {
    when: 'each',
    report: (error, context) => void reports.push([error, context]),
  })
  const rescued = { at: 1, id: 'x', task: 'greet', queue: 'default', attempt: 3, workerId: 'w' } as const
  app.events.emit('job:rescued', { ...rescued, begun: false, state: 'pending' })
  app.events.emit('job:rescued', { ...rescued, begun: true, state: 'pending' })
  app.events.emit('job:rescued', { ...rescued, begun: true, state: 'failed' })
  expect(reports.map(([{ name }, { last, runMs }]) => [name, last, runMs])).toEqual([
    ['WorkerLost', false, null],
    ['WorkerLost', true, null],
  ])
  stop()
  app.events.emit('job:rescued', { ...rescued, begun: true, state: 'failed' })
  expect(reports).toHaveLength(2)
})

test('a report that fails harms no job', async () => {
  const app = makeApp()
  const errors: unknown[] = []
  app.events.on('internal:error', ({ error }) => errors.push(error))
  reportErrors(app, { report: () => Promise.reject(new Error('tracker is down')) })
  await app.enqueue(broken, { n: 1 })
  await work(app, 1)
  expect(errors).toMatchObject([{ message: 'tracker is down' }])
})

test.each([
  [{}, /report must be a function/],
  [{ report() {}, when: 'first' }, /when must be 'each', 'last' or a function, got 'first'/],
  [{ report() {}, release: '' }, /release must have 1 to 128/],
  [{ report() {}, realease: 'x' }, /Did you mean 'release'/],
])('refuses %o', (options, message) => {
  expect(() => reportErrors(makeApp(), options as never)).toThrow(message)
})
