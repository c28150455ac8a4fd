/**
 * Moving jobs and schedules between SQLite and Redis while workers run at both ends.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { redis } from '../../src/backends/redis/index.ts'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import { asMoveEnd } from '../../src/cli/move/ends.ts'
import { moveJobs } from '../../src/cli/move/move-jobs.ts'
import type { Backend } from '../../src/contract/index.ts'
import { sleep } from '../../src/kit/sleep.ts'
import { moveWhileFiring } from '../cli/schedule-move.ts'
import { startRedis } from '../servers/redis.ts'
import { load } from './load.ts'
import { job, states } from './store.ts'

const server = await startRedis()
const folder = mkdtempSync(join(tmpdir(), 'millrace-move-'))
afterAll(async () => {
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

const OPTIONS = { timeoutMs: 5_000, signal: new AbortController().signal, onProgress: () => undefined }

async function moveUnderLoad(from: Backend, to: Backend): Promise<void> {
  const waiting = Array.from({ length: 1_500 }, (_, index) =>
    job({ tags: [`t${index % 3}`], meta: { index }, ...(index % 5 === 0 ? { delayMs: 1_000 } : {}) }),
  )
  await from.enqueue(waiting)
  const [old, fresh] = [load(from, from), load(to, to, 0)]
  const [first] = await Promise.all([
    moveJobs(asMoveEnd(from, '--from'), asMoveEnd(to, '--to'), OPTIONS),
    sleep(300).then(() => old.end()),
  ])
  const rest = await moveJobs(asMoveEnd(from, '--from'), asMoveEnd(to, '--to'), OPTIONS)
  await fresh.end()

  const all = [...waiting.map(({ id }) => id), ...old.stored.keys()]
  expect(first.moved + rest.moved).toBe(all.length)
  expect([...first.conflicts, ...rest.conflicts]).toEqual([])
  expect(await states(from)).toEqual({})
  expect(await states(to)).toEqual({ succeeded: all.length })
  expect((await to.records?.get(all))?.filter((found) => found?.state !== 'succeeded')).toEqual([])
  const times = all.map((id) => (old.ran.get(id) ?? 0) + (fresh.ran.get(id) ?? 0))
  expect(times.filter((n) => n !== 1)).toEqual([])
  expect(fresh.ran.size).toBeGreaterThan(0)
  await Promise.all([from.close(), to.close()])
}

describe.skipIf(server === null)('moving while workers run', () => {
  test('from SQLite to Redis', { timeout: 60_000 }, async () => {
    await moveUnderLoad(sqlite(join(folder, 'from.db')), redis({ url: server?.url ?? '', namespace: 'to' }))
  })

  test('from Redis to SQLite', { timeout: 60_000 }, async () => {
    await moveUnderLoad(redis({ url: server?.url ?? '', namespace: 'from' }), sqlite(join(folder, 'to.db')))
  })

  test('schedules that fire, from SQLite to Redis and back', { timeout: 60_000 }, async () => {
    const store = redis({ url: server?.url ?? '', namespace: 'schedules' })
    await moveWhileFiring(sqlite(join(folder, 'schedules.db')), store)
  })
})
