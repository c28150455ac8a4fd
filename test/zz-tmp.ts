import { z } from 'zod'
import * as v from 'valibot'
import { type } from 'arktype'
import { task } from '../src/engine/task.ts'
import type { Millrace, InputOf, OutputOf, AnyTask } from '../src/contract/index.ts'
declare const app: Millrace
const a = task('x', { input: z.object({ userId: z.number() }), async run({ userId }, job) { userId.toFixed(); job.in(1); return { messageId: '' } } })
type Eq<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
const ok = <T extends true>() => {}
ok<Eq<InputOf<typeof a>, { userId: number }>>()
ok<Eq<OutputOf<typeof a>, { messageId: string }>>()
ok<Eq<typeof a.name, 'x'>>()
const tr = task('t', { input: z.object({ n: z.string().transform(Number) }), run: ({ n }) => n + 1 })
ok<Eq<InputOf<typeof tr>, { n: string }>>()
ok<Eq<OutputOf<typeof tr>, number>>()
const none = task('none', { async run() {} })
ok<Eq<InputOf<typeof none>, undefined>>()
ok<Eq<OutputOf<typeof none>, void>>()
const none2 = task('none', { async run(input, job) { ok<Eq<typeof input, undefined>>(); return job.id } })
ok<Eq<OutputOf<typeof none2>, string>>()
const ann = task('ann', { run(input: { a: number }, job) { return job.attempt + input.a } })
ok<Eq<InputOf<typeof ann>, { a: number }>>()
ok<Eq<OutputOf<typeof ann>, number>>()
const out = task('out', { input: v.object({ a: v.string() }), output: v.object({ b: v.pipe(v.string(), v.transform(Number)) }), run({ a }, job) { job.in(1).succeed({ b: 'x' }); return { b: a } } })
ok<Eq<InputOf<typeof out>, { a: string }>>()
ok<Eq<OutputOf<typeof out>, { b: number }>>()
const ark = task('ark', { input: type({ a: 'string' }), run: async ({ a }) => a.length })
ok<Eq<InputOf<typeof ark>, { a: string }>>()
ok<Eq<OutputOf<typeof ark>, number>>()
const decl = task('decl', { input: z.object({ q: z.string() }), output: z.object({ r: z.number() }) })
const handled = decl.handle(async ({ q }, job) => ({ r: q.length + job.attempt }))
ok<Eq<OutputOf<typeof handled>, { r: number }>>()
const many = task('many', { input: z.object({ q: z.string() }), runMany: (items) => items.map(({ input, job }) => ({ ok: true as const, output: input.q + job.id })) })
ok<Eq<OutputOf<typeof many>, string>>()
const bare = task('bare')
ok<Eq<InputOf<typeof bare>, undefined>>()
const uq = task('uq', { input: z.object({ q: z.string() }), unique: { by: ['q'] }, async run() {} })
const uf = task('uf', { input: z.object({ q: z.string() }), unique: { by: ({ q }) => q }, async run({ q }) { return q } })
ok<Eq<OutputOf<typeof uf>, string>>()
ok<Eq<InputOf<typeof uf>, { q: string }>>()
app.enqueue(none); app.enqueue(none, undefined, { delay: 1 }); app.enqueue(a, { userId: 1 }); app.enqueue(uq, { q: '' }, { unique: { by: ['q'] } })
// @ts-expect-error
app.enqueue(a)
// @ts-expect-error
app.enqueue(a, { userId: '1' })
// @ts-expect-error
app.enqueue(a, { userid: 1 })
// @ts-expect-error
app.enqueue(uq, { q: '' }, { unique: { by: ['z'] } })
// @ts-expect-error
task('uq', { input: z.object({ q: z.string() }), unique: { by: ['z'] }, async run() {} })
// @ts-expect-error
task('bad', { output: z.object({ r: z.number() }), run() { return { r: '' } } })
// @ts-expect-error
task('bad', { input: z.object({ r: z.number() }), run({ x }) { return { r: x } } })
// @ts-expect-error
task('bad', { inptu: z.object({ r: z.number() }), run() {} })
// @ts-expect-error
task('bad', { input: z.object({ r: z.number() }), run(input: { r: string }) { } })
const list: AnyTask[] = [a, tr, none, ann, out, ark, decl, handled, many, uq]
declare const any: AnyTask
app.enqueue(any, 1)
const r = app.enqueue(a, { userId: 1 }).then((x) => app.result(x))
ok<Eq<Awaited<typeof r>, { messageId: string }>>()
