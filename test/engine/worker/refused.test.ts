import { expect, test } from 'vitest'
import type { ExchangeRequest } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { Exchanges } from './exchanges.ts'
import { newJob, Scene } from './scene.ts'

/** A task that answers its input, or throws it. */
const says = task('says', {
  retry: { attempts: 3, backoff: 'fixed', delay: '1h' },
  run: ({ answer, error }: { answer?: unknown; error?: string }) => {
    if (error !== undefined) throw new Error(error)
    return answer
  },
})

/** Refuses a whole exchange for one outcome in it, as a database does that has no form for some text. */
function refuses({ settle }: ExchangeRequest): boolean {
  return settle.some(({ outcome }) => JSON.stringify(outcome).includes('poison'))
}

test('an outcome that the store refuses fails its own job and keeps no other from being stored', async () => {
  const exchanges = new Exchanges()
  exchanges.step = async (request, call) => {
    if (refuses(request)) throw new RangeError('no form for \0')
    return call(request)
  }
  const scene = new Scene({ tasks: [says], wrap: exchanges.wrap }).watch('job:succeeded', 'job:failed')
  const jobs = Array.from({ length: 60 }, (_, n) => newJob('says', { answer: n === 41 ? 'poison' : n }))
  await scene.enqueueMany(jobs)
  await scene.runAll({ slots: 60 })
  const states = await Promise.all(jobs.map(async ({ id }) => (await scene.get(id)).state))
  expect(states.filter((state) => state === 'succeeded')).toHaveLength(59)
  expect(await scene.get(jobs[41]?.id as string)).toMatchObject({
    ...{ state: 'failed', reason: 'discarded', attempt: 1 },
    error: { name: 'OutcomeRefused', message: expect.stringContaining("outcome 'succeed'") },
  })
  expect(scene.events('job:succeeded')).toHaveLength(59)
  expect(scene.events('job:failed')).toHaveLength(1)
})

test('a failure whose error the store refuses keeps its verdict, with an error in its place', async () => {
  const exchanges = new Exchanges()
  exchanges.step = async (request, call) => {
    if (refuses(request)) throw new TypeError('no form for \0')
    return call(request)
  }
  const scene = new Scene({ tasks: [says], wrap: exchanges.wrap })
  const id = await scene.enqueue('says', { error: 'poison' })
  const retrying = scene.next('job:retrying')
  await scene.worker().start()
  expect(await retrying).toMatchObject({ id, error: { name: 'OutcomeRefused' } })
  expect(await scene.get(id)).toMatchObject({
    ...{ state: 'retrying', attempt: 1 },
    error: { message: expect.stringContaining("outcome 'retry'") },
  })
})

test('where the store refuses everything no outcome is changed', async () => {
  const exchanges = new Exchanges()
  let broken = true
  exchanges.step = async (request, call) => {
    if (broken && exchanges.requests.length > 1) throw new TypeError('a fault of the driver')
    return call(request)
  }
  const scene = new Scene({ tasks: [says], wrap: exchanges.wrap })
  const ids = await scene.enqueueMany([newJob('says', { answer: 1 }), newJob('says', { answer: 2 })])
  const worker = scene.worker()
  let failures = 0
  scene.context.events.on('backend:error', () => {
    failures += 1
    if (failures === 6) broken = false
  })
  await worker.start()
  await worker.idle()
  expect(failures).toBe(6)
  for (const id of ids) expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 1 })
})

test('an outcome that the store takes in no form is left, with an error that says so', async () => {
  const exchanges = new Exchanges()
  const scene = new Scene({ tasks: [says], wrap: exchanges.wrap })
  const [bad, good] = (await scene.enqueueMany([
    newJob('says', { answer: 1 }),
    newJob('says', { answer: 2 }),
  ])) as [string, string]
  exchanges.step = async (request, call) => {
    if (request.settle.some(({ job }) => job.id === bad)) throw new Error('not this one')
    return call(request)
  }
  const told = scene.next('internal:error', ({ during }) => during === 'settle')
  const worker = scene.worker({ maintenance: false })
  await worker.start()
  expect((await told).error).toMatchObject({ message: expect.stringContaining(bad) })
  await worker.idle()
  expect(await scene.get(good)).toMatchObject({ state: 'succeeded' })
})
