/**
 * Schedules that fire all the time while they are moved, with schedulers at both ends.
 * @module
 */
import { expect } from 'vitest'
import { millrace } from '../../src/app/millrace.ts'
import { asMoveEnd } from '../../src/cli/move/ends.ts'
import { moveSchedules } from '../../src/cli/move/move-schedules.ts'
import type { Backend, FiringRecord, Millrace } from '../../src/contract/index.ts'
import { task } from '../../src/engine/task.ts'
import { sleep } from '../../src/kit/sleep.ts'

/** What schedules fire here. */
export const tick = task('tick', { run: (_input?: unknown) => undefined })

/** An app that lends its store, so that a test closes it. */
export function appOn(backend: Backend): Millrace {
  return millrace({ backend, tasks: [tick] })
}

/** Moves schedules of both stores there and back while they fire: each time happens once, in one of the two. */
export async function moveWhileFiring(from: Backend, to: Backend): Promise<void> {
  const [old, fresh] = [appOn(from), appOn(to)]
  const names = ['a', 'b', 'c']
  for (const name of names) await old.schedules.put(name, { task: tick, every: 40, missed: { all: 1_000 } })
  const workers = [old.worker(), fresh.worker()]
  await Promise.all(workers.map((worker) => worker.start()))
  await untilFired(old, names)
  const [one, two] = [asMoveEnd(from, '--from'), asMoveEnd(to, '--to')]
  const account = { moved: 3, skipped: 0, conflicts: [], paused: [] }
  expect(await moveSchedules(one, two)).toEqual(account)
  await untilFired(fresh, names)
  expect(await moveSchedules(two, one)).toEqual(account)
  await untilFired(old, names)
  await Promise.all(workers.map((worker) => worker.stop()))
  for (const name of names) {
    const firings = [...(await firingsOf(old, name)), ...(await firingsOf(fresh, name))]
    const times = firings.map(({ dueAt }) => dueAt).sort((a, b) => a - b)
    const first = times[0] ?? 0
    expect(firings.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'enqueued')).toEqual([])
    expect(times).toEqual(times.map((_, index) => first + index * 40))
  }
  await Promise.all([old.close(), fresh.close()])
}

async function untilFired(app: Millrace, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const before = (await firingsOf(app, name)).length
    while ((await firingsOf(app, name)).length < before + 3) await sleep(20)
  }
}

async function firingsOf(app: Millrace, name: string): Promise<readonly FiringRecord[]> {
  return (await app.schedules.history(name, { limit: 1_000 })).firings
}
