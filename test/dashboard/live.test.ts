import { expect, test } from 'vitest'
import { millrace } from '../../src/app/millrace.ts'
import { memory } from '../../src/backends/memory/index.ts'
import type { Backend } from '../../src/contract/index.ts'
import { dashboardHandler } from '../../src/dashboard/index.ts'
import type { OverviewPage } from '../../src/dashboard/protocol.ts'
import { takeSample } from '../../src/dashboard/server/sample/sample.ts'
import { greet, Visitor, visit } from './scene.ts'

/** A backend that counts the calls of its readers. */
function counted(backend: Backend): { readonly backend: Backend; readonly calls: () => number } {
  let calls = 0
  const watch = <T extends object>(facet: T): T =>
    new Proxy(facet, {
      get(target, name) {
        const found: unknown = Reflect.get(target, name)
        if (typeof found !== 'function') return found
        return (...args: unknown[]) => {
          calls += 1
          return Reflect.apply(found, target, args) as unknown
        }
      },
    })
  const { records, limits, control, metrics } = backend
  if (records === undefined || limits === undefined || control === undefined || metrics === undefined) {
    throw new Error('The memory backend has all of these.')
  }
  const facets = {
    records: watch(records),
    limits: watch(limits),
    control: watch(control),
    metrics: watch(metrics),
  }
  return { backend: { ...backend, ...facets }, calls: () => calls }
}

/** Reads a stream of events until so many looks were told, fetching the page with each as a browser does. */
async function follow(visitor: Visitor, looks: number): Promise<void> {
  const gone = new AbortController()
  const response = await visitor.send('/live', { signal: gone.signal })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const reader = response.body?.getReader()
  if (reader === undefined) throw new Error('The stream has a body.')
  const decoder = new TextDecoder()
  let seen = 0
  while (seen < looks) {
    const { value, done } = await reader.read()
    if (done) throw new Error('The stream ended early.')
    if (!decoder.decode(value).includes('event: look')) continue
    seen += 1
    expect(await visitor.page('/')).toContain('Overview')
  }
  gone.abort()
  await reader.cancel()
}

test('fifty open pages cost the store no more than one', { timeout: 60_000 }, async () => {
  const run = async (pages: number): Promise<number> => {
    const { backend, calls } = counted(memory())
    const app = millrace({ backend, tasks: [greet] })
    await app.enqueueMany(greet, [{}, {}])
    const before = calls()
    const handler = dashboardHandler(app, { open: true, sampleEveryMs: 500 })
    await Promise.all(Array.from({ length: pages }, () => follow(new Visitor(handler), 3)))
    await app.close()
    return calls() - before
  }
  const one = await run(1)
  expect(one).toBeGreaterThan(0)
  // Pages that come late may ask for a look of their own.
  expect(await run(50)).toBeLessThanOrEqual(one + 8)
})

test('a store that stops answering: the last state stays, marked as old, until it is back', async () => {
  const inner = memory()
  let broken = false
  const records = new Proxy(inner.records as NonNullable<Backend['records']>, {
    get: (target, name) =>
      name === 'counts' && broken
        ? () => Promise.reject(new Error('connection refused'))
        : (Reflect.get(target, name) as unknown),
  })
  const app = millrace({ backend: { ...inner, records }, tasks: [greet] })
  await app.enqueue(greet, {})
  const visitor = visit(app, { sampleEveryMs: 500 })
  expect((await visitor.model<OverviewPage>('/')).counts.pending).toBe(1)
  broken = true
  await expect
    .poll(async () => visitor.page('/'), { timeout: 10_000 })
    .toContain('The store does not answer: connection refused')
  expect((await visitor.model<OverviewPage>('/')).counts.pending).toBe(1)
  broken = false
  await expect.poll(async () => visitor.page('/'), { timeout: 10_000 }).not.toContain('does not answer')
  await app.close()
})

test('a look at the store is a handful of calls', async () => {
  const { backend, calls } = counted(memory())
  const app = millrace({ backend, tasks: [greet] })
  await takeSample(app, Date.now)
  expect(calls()).toBe(4)
  await app.close()
})

test('where the store keeps no totals, rates are of the jobs that are kept', async () => {
  const { metrics: _metrics, ...plain } = memory()
  const app = millrace({ backend: plain, tasks: [greet] })
  await app.enqueue(greet, {})
  expect((await takeSample(app, Date.now)).exact).toBe(false)
  const page = await visit(app).model<OverviewPage>('/')
  expect(page.oldestWaitMs).toBeNull()
  expect(page.charts.map(({ id }) => id)).not.toContain('wait')
  await app.close()
})
