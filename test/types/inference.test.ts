import { type } from 'arktype'
import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { AnyTask, InputOf, Job, Millrace, OutputOf, Receipt } from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'

const withSchema = task('with-schema', {
  input: z.object({ userId: z.number() }),
  async run({ userId }, job) {
    expectTypeOf(userId).toBeNumber()
    expectTypeOf(job).toEqualTypeOf<Job<unknown>>()
    return { messageId: '' }
  },
})
const withoutInput = task('without-input', { async run() {} })
const transforming = task('transforming', {
  input: z.object({ count: z.string().transform(Number) }),
  run: ({ count }) => count + 1,
})
const declared = task('declared', {
  input: v.object({ query: v.string() }),
  output: v.object({ found: v.pipe(v.string(), v.transform(Number)) }),
})

/** Never called: only the compiler reads it. */
function compiled(app: Millrace): void {
  void app.enqueue(withoutInput)
  void app.enqueue(withoutInput, undefined, { delay: '1m' })
  void app.enqueue(withSchema, { userId: 1 }, { unique: { by: ['userId'] } })
  void app.enqueue(transforming, { count: '1' })
  void app.enqueueMany(withSchema, [{ userId: 1 }], ({ userId }) => ({ id: `user:${userId}` }))
  // @ts-expect-error the input is missing
  void app.enqueue(withSchema)
  // @ts-expect-error the field has another type
  void app.enqueue(withSchema, { userId: '1' })
  // @ts-expect-error the field is misspelled
  void app.enqueue(withSchema, { userid: 1 })
  // @ts-expect-error callers give the raw input, not the parsed one
  void app.enqueue(transforming, { count: 1 })
  // @ts-expect-error no such field to compare
  void app.enqueue(withSchema, { userId: 1 }, { unique: { by: ['user'] } })
  // @ts-expect-error no such option
  void app.enqueue(withSchema, { userId: 1 }, { delays: 1 })
  // @ts-expect-error a task is needed, not its name
  void app.enqueue('with-schema', { userId: 1 })

  task('bad', { input: z.object({ a: z.number() }), unique: { by: ['a'] } })
  // @ts-expect-error no such field to compare
  task('bad', { input: z.object({ a: z.number() }), unique: { by: ['b'] } })
  // @ts-expect-error the option is misspelled
  task('bad', { priorty: 1, run() {} })
  // @ts-expect-error the handler wants another input than the schema gives
  task('bad', { input: z.object({ a: z.number() }), run: (_input: { a: string }) => {} })
  // @ts-expect-error the handler answers something else than the output schema takes
  task('bad', { output: z.object({ a: z.number() }), run: () => ({ a: '' }) })
  // @ts-expect-error the handler that is attached has to fit the declaration
  declared.handle(() => ({ found: 1 }))
}

test('a schema gives raw inputs to callers and parsed ones to handlers', () => {
  expectTypeOf<InputOf<typeof withSchema>>().toEqualTypeOf<{ userId: number }>()
  expectTypeOf<OutputOf<typeof withSchema>>().toEqualTypeOf<{ messageId: string }>()
  expectTypeOf(withSchema.name).toEqualTypeOf<'with-schema'>()
  expectTypeOf<InputOf<typeof transforming>>().toEqualTypeOf<{ count: string }>()
  expectTypeOf<OutputOf<typeof transforming>>().toEqualTypeOf<number>()
  expectTypeOf(compiled).toBeFunction()
})

test('a task without schema has the input its handler declares, or none', () => {
  const annotated = task('annotated', {
    run: (input: { path: string }, job) => `${input.path}${job.attempt}`,
  })
  expectTypeOf<InputOf<typeof annotated>>().toEqualTypeOf<{ path: string }>()
  expectTypeOf<OutputOf<typeof annotated>>().toEqualTypeOf<string>()
  expectTypeOf<InputOf<typeof withoutInput>>().toEqualTypeOf<undefined>()
  const unannotated = task('unannotated', {
    run(input, job) {
      expectTypeOf(input).toEqualTypeOf<undefined>()
      return job.id
    },
  })
  expectTypeOf<OutputOf<typeof unannotated>>().toEqualTypeOf<string>()
  expectTypeOf<InputOf<ReturnType<typeof bare>>>().toEqualTypeOf<undefined>()
})

const bare = () => task('bare')

test('an output schema types the handler, the job and the result', () => {
  const checked = task('checked', {
    input: type({ a: 'string' }),
    output: z.object({ length: z.string().transform(Number) }),
    run({ a }, job) {
      expectTypeOf(job).toEqualTypeOf<Job<{ length: string }>>()
      return { length: String(a.length) }
    },
  })
  expectTypeOf<InputOf<typeof checked>>().toEqualTypeOf<{ a: string }>()
  expectTypeOf<OutputOf<typeof checked>>().toEqualTypeOf<{ length: number }>()
})

test('a declaration keeps its types when a handler is attached', () => {
  const handled = declared.handle(async ({ query }, job) => ({ found: query + job.attempt }))
  expectTypeOf<InputOf<typeof handled>>().toEqualTypeOf<{ query: string }>()
  expectTypeOf<OutputOf<typeof handled>>().toEqualTypeOf<{ found: number }>()
})

test('a declaration without schemas has the types it was given', () => {
  const typed = task.of<{ text: string }, number>()('typed', { unique: { by: ['text'] } })
  expectTypeOf(typed.name).toEqualTypeOf<'typed'>()
  expectTypeOf<InputOf<typeof typed>>().toEqualTypeOf<{ text: string }>()
  expectTypeOf<OutputOf<typeof typed>>().toEqualTypeOf<number>()
  expectTypeOf(typed.handle(({ text }) => text.length)).toEqualTypeOf(typed)
  // @ts-expect-error no such field to compare
  task.of<{ text: string }, number>()('typed', { unique: { by: ['words'] } })
  // @ts-expect-error the handler is attached to the declaration
  task.of<undefined, number>()('typed', { run: () => 1 })
  // @ts-expect-error the handler answers something else than was declared
  typed.handle(({ text }) => text)
})

test('a batch handler’s output is inferred from its results', () => {
  const many = task('many', {
    input: z.object({ query: z.string() }),
    runMany: (items) => items.map(({ input, job }) => ({ ok: true as const, output: input.query + job.id })),
  })
  expectTypeOf<OutputOf<typeof many>>().toEqualTypeOf<string>()
})

test('receipts carry the output to result()', () => {
  const receipt = (app: Millrace) => app.enqueue(withSchema, { userId: 1 })
  expectTypeOf(receipt).returns.resolves.toEqualTypeOf<Receipt<{ messageId: string }>>()
  const result = async (app: Millrace) => app.result(await app.enqueue(withSchema, { userId: 1 }))
  expectTypeOf(result).returns.resolves.toEqualTypeOf<{ messageId: string }>()
  const list: AnyTask[] = [withSchema, withoutInput, transforming, declared]
  expectTypeOf(list).toEqualTypeOf<AnyTask[]>()
})
