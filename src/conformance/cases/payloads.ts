/**
 * Text of every kind comes back as it was given.
 * @module
 */
import type { JobError } from '../../contract/index.ts'
import { equal, matches, ok } from '../expect.ts'
import { topic } from '../scene.ts'

const AWKWARD = [
  '',
  'null',
  '""',
  ' { "spaced" : 1 }\n',
  '"it\'s; drop table jobs; --"',
  '"back\\\\slash \\" quote \\u0000 escaped nul"',
  '"žluťoučký 日本語 العربية 🧵👩‍👩‍👧‍👦 \u2028\u2029"',
  '"\\ud800 lone surrogate, escaped"',
  '{"__proto__":{"a":1},"constructor":2,"1e400":3}',
  '[0.1,1e21,-0,9007199254740993,12345678901234567890]',
  '"%_*?[]{}$1 $ {x} {{y}}"',
  '~codec:QUJD+/=',
  '"tab \\t return \\r feed \\n"',
]

export const payloadCases = topic('payload', {
  awkward: {
    title: 'awkward payloads round-trip to the letter',
    async play(scene) {
      await scene.backend.enqueue(AWKWARD.map((payload) => scene.job({ payload })))
      const jobs = await (await scene.worker()).claim()
      equal(
        jobs.map((job) => job.payload),
        AWKWARD,
        'payloads',
      )
    },
  },
  malformed: {
    title: 'a payload is never looked into: text that is no JSON round-trips too',
    async play(scene) {
      const payloads = ['{', 'undefined', '{"a":', "'", '\\', '--', '{]']
      await scene.backend.enqueue(payloads.map((payload) => scene.job({ payload })))
      const jobs = await (await scene.worker()).claim()
      equal(
        jobs.map((job) => job.payload),
        payloads,
        'payloads',
      )
    },
  },
  huge: {
    title: 'payloads and results of 4 MiB round-trip',
    async play(scene) {
      const huge = JSON.stringify('é0123456789abcde'.repeat((4 << 20) / 16))
      await scene.add({ payload: huge })
      const worker = await scene.worker()
      const job = await worker.claimOne()
      ok(job.payload === huge, 'the payload is what was enqueued')
      await worker.settle([job], { kind: 'succeed', result: huge })
      if (scene.backend.records !== undefined)
        ok((await scene.read(job.id)).result === huge, 'the result is kept')
    },
  },
  names: {
    title: 'ids, tasks, queues, tags and meta of any characters round-trip and keep apart',
    async play(scene) {
      const names = [
        'plain',
        "o'clock",
        'a/b:c d',
        'ünïcode-队列-🧵',
        '%',
        '_',
        'x'.repeat(128),
        'Plain',
        '__proto__',
      ]
      const jobs = names.map((name) =>
        scene.job({ id: name, task: name, queue: name, tags: [name], meta: { [`k-${name}`]: name } }),
      )
      await scene.backend.enqueue(jobs)
      const worker = await scene.worker()
      for (const name of names) {
        const claimed = await worker.claim({ from: [name] })
        equal(
          claimed.map((job) => job.id),
          [name],
          `jobs of queue ${name}`,
        )
        matches(claimed[0], { task: name, queue: name, tags: [name], meta: { [`k-${name}`]: name } }, name)
      }
    },
  },
  results: {
    title: 'results round-trip, none at all included',
    facets: ['records'],
    async play(scene) {
      const results = [...AWKWARD, null]
      await scene.backend.enqueue(scene.jobs(results.length))
      const worker = await scene.worker()
      const jobs = await worker.claim()
      const settle = jobs.map(
        (job, at) => ({ job, outcome: { kind: 'succeed', result: results[at] ?? null } }) as const,
      )
      await worker.exchange({ settle })
      const records = await scene.facet('records').get(jobs.map((job) => job.id))
      equal(
        records.map((record) => record?.result),
        results,
        'results',
      )
    },
  },
  errors: {
    title: 'errors round-trip with stack, code and causes',
    facets: ['records'],
    async play(scene) {
      const root: JobError = { name: 'Root', message: '日本\n"quoted"', stack: null, code: null, cause: null }
      const error: JobError = {
        name: 'TypeError',
        message: '',
        stack: 'at a\nat b',
        code: 'E_X',
        cause: root,
      }
      const id = await scene.add()
      const worker = await scene.worker()
      await worker.settle([await worker.claimOne()], {
        kind: 'fail',
        reason: 'exhausted',
        error,
        counts: true,
      })
      equal((await scene.read(id)).error, error, 'the job’s error')
      equal((await scene.facet('records').attempts(id))[0]?.error, error, 'the attempt’s error')
    },
  },
})
