import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { newFile } from '../sqlite/store.ts'
import { makeApp, unrepeatable } from './app.ts'
import { journal, kill, startWorker } from './processes.ts'

const JOBS = 300
const KILLS = 3

test('workers with one slot are killed: of jobs without a second attempt only those that ran have failed', {
  timeout: 120_000,
}, async () => {
  const file = newFile()
  const app = makeApp(file)
  onTestFinished(() => app.close())
  const ids = (await app.enqueueMany(unrepeatable, Array(JOBS).fill(undefined))).map(({ id }) => id)
  let mostHeld = 0
  for (let turn = 0; turn < KILLS; turn++) {
    const worker = await startWorker(file, 1)
    await sleep(300)
    await kill(worker)
    const counts = await app.queues.counts()
    mostHeld = Math.max(mostHeld, counts.find(({ state }) => state === 'active')?.count ?? 0)
  }
  // Some were only claimed ahead when their worker died, which is what this is about.
  expect(mostHeld).toBeGreaterThan(1)
  await app.worker({ slots: 20, lease: '1s' }).start()
  const left = async () => {
    const counts = await app.queues.counts()
    return counts.filter(({ state }) => state === 'active' || state === 'pending').length
  }
  while ((await left()) > 0) await sleep(20)

  const jobs = await Promise.all(ids.map((id) => app.get(id)))
  const failed = jobs.filter((job) => job?.state !== 'succeeded')
  for (const job of failed) expect(job).toMatchObject({ state: 'failed', reason: 'exhausted', lost: 1 })
  expect(failed.length).toBeLessThanOrEqual(KILLS)
  expect([...journal(file, 'started').values()].filter((times) => times > 1)).toEqual([])
})
