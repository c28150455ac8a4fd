/** Five schedulers on one file, killed at random: every firing is enqueued exactly once. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Backend, JobPage, JobRecord } from '../../src/contract/index.ts'
import { firingId } from '../../src/scheduler/firing-job.ts'
import { newFile, open } from '../sqlite/store.ts'
import { fastClock } from './fast-clock.ts'

const SPEED = 30
const SCHEDULERS = 5
const KILLS = 10
/** Of real time: several minutes of the schedulers' own. */
const LONG_ENOUGH_MS = 12_000

/** The scheduler's own script, bundled: many processes are started, and compiling TypeScript in each takes its time. */
let script = ''
beforeAll(async () => {
  // Where the libraries that it leaves outside are found.
  const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url))
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'millrace-scheduler-'))
  script = join(folder, 'scheduler-child.mjs')
  const entry = fileURLToPath(new URL('./scheduler-child.ts', import.meta.url))
  const target = { platform: 'node', format: 'esm', target: 'node20' } as const
  await build({ ...target, entryPoints: [entry], bundle: true, packages: 'external', outfile: script })
  return () => rmSync(folder, { recursive: true, force: true })
})

async function startScheduler(file: string, start: number): Promise<ChildProcess> {
  const args = [script, file, String(start), String(SPEED)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return child
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const dead = once(child, 'exit')
  child.kill(signal)
  await dead
}

async function allJobs(backend: Backend): Promise<JobRecord[]> {
  const jobs: JobRecord[] = []
  let after: string | null = null
  do {
    const page: JobPage | undefined = await backend.records?.list(
      {},
      { limit: 1_000, after, order: 'oldest' },
    )
    jobs.push(...(page?.jobs ?? []))
    after = page?.next ?? null
  } while (after !== null)
  return jobs
}

/** When each of a schedule's jobs was to be fired. */
function firedTimes(jobs: readonly JobRecord[], schedule: string): number[] {
  const own = jobs.filter(({ meta }) => meta?.schedule === schedule)
  for (const job of own) expect(job.id).toBe(firingId(schedule, Date.parse(String(job.meta?.scheduledFor))))
  return own.map(({ meta }) => Date.parse(String(meta?.scheduledFor)))
}

test('five schedulers that are killed at random fire everything exactly once', {
  timeout: 120_000,
}, async () => {
  const file = newFile()
  const start = Date.now()
  const live = await Promise.all(Array.from({ length: SCHEDULERS }, () => startScheduler(file, start)))
  const coming: Promise<number>[] = []
  for (let kills = 0; kills < KILLS; kills++) {
    // Starting takes longer than killing. One goes on, or more would be missed than are ever made up for.
    while (live.length < 2) await sleep(20)
    const [victim] = live.splice(Math.floor(Math.random() * live.length), 1)
    if (victim !== undefined) await end(victim, 'SIGKILL')
    coming.push(startScheduler(file, start).then((child) => live.push(child)))
    await sleep(Math.random() * 1_500)
  }
  await Promise.all(coming)
  await sleep(Math.max(0, start + LONG_ENOUGH_MS - Date.now()))
  await Promise.all(live.map((child) => end(child, 'SIGTERM')))

  const backend = open(file, { clock: fastClock(start, SPEED) })
  const jobs = await allJobs(backend)
  const page = await backend.schedules?.list({ limit: 100, after: null })
  const rows = page?.schedules ?? []
  expect(rows).toHaveLength(10)
  let firings = 0
  for (const { name, timing, nextAt, createdAt } of rows) {
    const times = firedTimes(jobs, name)
    const stepMs = timing.kind === 'every' ? timing.everyMs : timing.kind === 'cron' ? 2_000 : 43_200_000
    const first = (Math.floor(createdAt / stepMs) + 1) * stepMs
    const expected: number[] = []
    for (let time = first; time < (nextAt ?? 0); time += stepMs) expected.push(time)
    expect(
      [...times].sort((a, b) => a - b),
      name,
    ).toEqual(expected)
    firings += times.length
    const history = await backend.schedules?.history(name, { limit: 1_000, after: null })
    const enqueued = history?.firings.filter(({ outcome }) => outcome === 'enqueued') ?? []
    expect(
      enqueued.map(({ dueAt }) => dueAt),
      `history of ${name}`,
    ).toEqual(expected.slice(-1_000).reverse())
  }
  expect(jobs).toHaveLength(firings)
  expect(firings, 'thousands of firings').toBeGreaterThan(2_000)
})
