import client from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { millrace } from '../../src/app/millrace.ts'
import { memory } from '../../src/backends/memory/index.ts'
import { type AnyTask, type Backend, BackendError, type Millrace } from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'
import {
  type PrometheusMetrics,
  type PrometheusOptions,
  prometheus,
} from '../../src/observe/metrics/prometheus.ts'
import { broken, flaky, greet, makeApp, work } from './observed.ts'

async function measure(app: Millrace, options?: PrometheusOptions): Promise<PrometheusMetrics> {
  const metrics = await prometheus(app, options)
  onTestFinished(() => metrics.close())
  return metrics
}

/** The value in the page's line that begins like this; undefined where there is none. */
function figureOf(page: string, series: string): number | undefined {
  const line = page.split('\n').find((one) => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

test('a page of what the store says and what happened here', async () => {
  const app = makeApp()
  const metrics = await measure(app)
  await app.enqueue(greet, { password: 'x' })
  await app.enqueue(flaky, null)
  await app.enqueue(broken, { n: 1 })
  await work(app, 3)
  await app.enqueue(greet, { password: 'y' })
  await app.queues.pause('bad')

  const response = await metrics.handler(new Request('http://worker/metrics'))
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const page = await response.text()
  const expected: Readonly<Record<string, number>> = {
    millrace_store_up: 1,
    'millrace_queue_jobs{queue="default",state="pending"}': 1,
    'millrace_queue_jobs{queue="default",state="active"}': 0,
    'millrace_queue_jobs{queue="bad",state="failed"}': 1,
    'millrace_queue_finished_total{queue="default",outcome="succeeded"}': 2,
    'millrace_queue_finished_total{queue="bad",outcome="failed"}': 1,
    'millrace_queue_oldest_wait_seconds{queue="bad"}': 0,
    millrace_queues_paused: 1,
    'millrace_workers{quiet="false"}': 0,
    millrace_slots: 0,
    'millrace_jobs_enqueued_total{task="greet",outcome="created"}': 2,
    'millrace_attempts_total{task="greet",outcome="succeeded"}': 1,
    'millrace_attempts_total{task="flaky",outcome="retrying"}': 1,
    'millrace_attempts_total{task="flaky",outcome="succeeded"}': 1,
    'millrace_attempts_total{task="broken",outcome="failed"}': 1,
    'millrace_job_wait_seconds_count{task="flaky"}': 2,
    'millrace_job_run_seconds_count{task="flaky"}': 2,
  }
  expect(Object.fromEntries(Object.keys(expected).map((series) => [series, figureOf(page, series)]))).toEqual(
    expected,
  )
  const wait = figureOf(page, 'millrace_queue_oldest_wait_seconds{queue="default"}')
  expect(wait).toBeGreaterThanOrEqual(0)
  expect(wait).toBeLessThan(30)
  for (const name of [
    'process_cpu_seconds_total',
    'nodejs_eventloop_lag_seconds',
    'process_resident_memory_bytes',
  ])
    expect(figureOf(page, name)).toBeGreaterThanOrEqual(0)
})

test('slots of a worker that runs', async () => {
  const app = makeApp()
  const worker = app.worker({ slots: 7 })
  await worker.start()
  const page = await (await measure(app)).text()
  expect(figureOf(page, 'millrace_workers{quiet="false"}')).toBe(1)
  expect(figureOf(page, 'millrace_slots')).toBe(7)
  await worker.stop()
})

test('only so many names, the rest together', async () => {
  const tasks: AnyTask[] = ['a', 'b', 'c', 'd'].map((name) => task(name, { queue: name, run() {} }))
  const app = millrace({ backend: memory(), tasks })
  onTestFinished(() => app.close())
  const metrics = await measure(app, { mostNames: 2 })
  for (const one of tasks) await app.enqueue(one, undefined)
  await work(app, 4)
  const page = await metrics.text()
  const labels = (name: string, label: string) =>
    new Set([...page.matchAll(new RegExp(`^${name}\\{.*?${label}="(.*?)"`, 'gm'))].map(([, value]) => value))
  expect(labels('millrace_attempts_total', 'task')).toEqual(new Set(['a', 'b', 'other']))
  expect(labels('millrace_queue_jobs', 'queue')).toEqual(new Set(['a', 'b', 'other']))
  expect(figureOf(page, 'millrace_attempts_total{task="other",outcome="succeeded"}')).toBe(2)
  expect(figureOf(page, 'millrace_queue_finished_total{queue="other",outcome="succeeded"}')).toBe(2)
})

test('a store that is away is told, and takes nothing else along', async () => {
  const backend: Backend = {
    ...memory(),
    info: () => Promise.reject(new BackendError('store-unavailable', 'Away.')),
  }
  const app = millrace({ backend, tasks: [greet] })
  onTestFinished(() => app.close())
  const metrics = await measure(app)
  await app.enqueue(greet, { password: 'x' })
  const page = await metrics.text()
  expect(figureOf(page, 'millrace_store_up')).toBe(0)
  expect(page).not.toMatch(/^millrace_(queue_jobs|slots)/m)
  expect(figureOf(page, 'millrace_jobs_enqueued_total{task="greet",outcome="created"}')).toBe(1)
})

test('a page costs the store one look, however many ask', async () => {
  const store = memory()
  let looks = 0
  const { records } = store
  if (records === undefined) throw new Error('memory has records')
  const counts = () => {
    looks += 1
    return records.counts()
  }
  const app = millrace({ backend: { ...store, records: { ...records, counts } }, tasks: [greet] })
  onTestFinished(() => app.close())
  const metrics = await measure(app)
  await Promise.all(Array.from({ length: 20 }, () => metrics.text()))
  expect(looks).toBe(1)
})

test('adds to a registry of the application, and takes its own out of it again', async () => {
  const registry = new client.Registry()
  new client.Gauge({ name: 'own', help: 'Own.', registers: [registry] }).set(3)
  const metrics = await prometheus(makeApp(), { registry, store: false })
  const page = await registry.metrics()
  expect(page).toContain('own 3')
  expect(page).toContain('millrace_attempts_total')
  expect(page).not.toMatch(/millrace_store_up|process_cpu/)
  metrics.close()
  expect(await registry.metrics()).not.toContain('millrace_')
})

test('answers GET and HEAD only, and refuses options that do not exist', async () => {
  const app = makeApp()
  const metrics = await measure(app)
  const answer = (method: string) => metrics.handler(new Request('http://worker/', { method }))
  expect((await answer('POST')).status).toBe(405)
  expect(await (await answer('HEAD')).text()).toBe('')
  await expect(prometheus(app, { mostNames: 0 })).rejects.toThrow('mostNames must be a whole number from 1')
  await expect(prometheus(app, { register: 1 } as never)).rejects.toThrow("Did you mean 'registry'")
  await expect(prometheus(app, { store: 1 as never })).rejects.toThrow('store must be true or false')
})
