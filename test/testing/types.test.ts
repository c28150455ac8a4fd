import { expect, expectTypeOf, test } from 'vitest'
import type { JsonValue } from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'
import type { EnqueuedJob, Matcher, RunResult, SuccessfulRun } from '../../src/testing/index.ts'
import { testApp } from '../../src/testing/index.ts'
import { noop, sendMail } from './tasks.ts'

interface Tree {
  name: string
  children: Tree[]
}
const grow = task('grow', { run: (_input: Tree) => 1 })
const anything = task('anything', { run: (_input: JsonValue) => 2 })

test('recursive inputs', async () => {
  const app = testApp({ tasks: [grow, anything] })
  app.refuteEnqueued(grow, { children: [{ name: /x/ }] })
  app.refuteEnqueued(anything, { a: 1 })
  app.refuteEnqueued(anything, (value) => value === 1)
  const m: Matcher<JsonValue> = { a: [1, { b: null }] }
  app.refuteEnqueued(anything, m)
  await app.enqueue(grow, { name: 'oak', children: [{ name: 'twig', children: [] }] })
  expectTypeOf(app.enqueued(grow)[0]!.input.children[0]!.name).toEqualTypeOf<string>()
})

test('matchers, outputs and lists are typed by the task', async () => {
  const app = testApp({ tasks: [sendMail, noop] })
  // @ts-expect-error a misspelled field
  app.refuteEnqueued(sendMail, { too: 'ada' })
  // @ts-expect-error a wrong type
  app.refuteEnqueued(sendMail, { to: 5 })
  // @ts-expect-error a wrong type of a nested field
  app.refuteEnqueued(sendMail, { parts: [{ size: 'big' }] })
  app.refuteEnqueued(sendMail, { parts: [{ size: (size) => size > 5 }], to: expect.any(String) })
  app.refuteEnqueued(sendMail, (input) => input.to.startsWith('x'))
  // @ts-expect-error a predicate answers true or false
  app.refuteEnqueued(sendMail, (input) => input.to)
  await app.enqueue(sendMail, { to: 'ada' })
  expectTypeOf(app.enqueued(sendMail)[0]!.input.to).toEqualTypeOf<string>()
  const dated = task('dated', { run: (_input: { at: Date }) => {} })
  app.refuteEnqueued(dated, { at: new Date() })
  expectTypeOf(app.enqueued(dated)[0]).toEqualTypeOf<EnqueuedJob<{ readonly at: string }> | undefined>()
  const run = () => app.run(sendMail, { to: 'ada' })
  expectTypeOf(run).returns.resolves.toEqualTypeOf<SuccessfulRun<{ messageId: string }>>()
  const loose = () => app.run(sendMail, { to: 'ada' }, { allowFailures: true })
  expectTypeOf(loose).returns.resolves.toEqualTypeOf<RunResult<{ messageId: string }>>()
  // @ts-expect-error the input is missing
  const missing = () => app.run(sendMail)
  const none = () => app.run(noop)
  expectTypeOf(none).returns.resolves.toExtend<{ output: string }>()
  expectTypeOf(missing).toBeFunction()
  await app.close()
})
