import { setTimeout as sleep } from 'node:timers/promises'
import type { Millrace } from 'millrace'
import { expect, onTestFinished, test } from 'vitest'
import { newFile } from '../sqlite/store.ts'
import { count, makeApp } from './app.ts'
import { journal, kill, startWorker } from './processes.ts'

const JOBS = 20_000

/** How many jobs are in each state. */
async function states(app: Millrace): Promise<Record<string, number>> {
  const total: Record<string, number> = {}
  for (const { state, count: n } of await app.queues.counts()) total[state] = (total[state] ?? 0) + n
  return total
}

test('workers are killed in a loop: no job is lost, and none succeeds twice', {
  timeout: 180_000,
}, async () => {
  const file = newFile()
  const app = makeApp(file)
  onTestFinished(() => app.close())
  const receipts = await app.enqueueMany(
    count,
    Array.from({ length: JOBS }, (_, n) => ({ n })),
  )
  const ids = receipts.map(({ id }) => id)
  const workers = [await startWorker(file), await startWorker(file)]
  let kills = 0
  for (let turn = 0; ((await states(app)).succeeded ?? 0) < JOBS * 0.9; turn++) {
    await sleep(100 + Math.random() * 400)
    const victim = turn % workers.length
    await kill(workers[victim] as Awaited<ReturnType<typeof startWorker>>)
    kills += 1
    workers[victim] = await startWorker(file)
  }
  const until = performance.now() + 60_000
  while ((await states(app)).succeeded !== JOBS) {
    expect(performance.now(), JSON.stringify(await states(app))).toBeLessThan(until)
    await sleep(50)
  }
  expect(await states(app)).toEqual({ succeeded: JOBS })
  expect(kills).toBeGreaterThan(3)

  const succeeded = journal(file, 'succeeded')
  expect([...succeeded.values()].filter((times) => times > 1)).toEqual([])
  expect([...succeeded.keys()].filter((id) => !ids.includes(id))).toEqual([])
  // Jobs that were running in a killed worker ran again, and their lost attempts are on record.
  const again = [...journal(file, 'started')].filter(([, times]) => times > 1)
  expect(again.length).toBeGreaterThan(0)
  const lost = await Promise.all(
    again.slice(0, 50).map(async ([id]) => (await app.attempts(id)).at(0)?.outcome),
  )
  expect(new Set(lost)).toEqual(new Set(['lost']))
})
