/**
 * `millrace move`: nothing lost, nothing doubled, whatever interrupts it.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { memory } from '../../src/backends/memory/index.ts'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import { asMoveEnd, checkDifferent, type MoveEnd } from '../../src/cli/move/ends.ts'
import { moveStore } from '../../src/cli/move/move-store.ts'
import { probeJob } from '../../src/cli/probe-job.ts'
import { exchangeRequest } from '../../src/conformance/request.ts'
import type { Backend, JobRecord, NewJob, Settlement } from '../../src/contract/index.ts'
import { makeFolder, makeProject, makeStore, newJob } from './folder.ts'
import { here, run, start } from './run.ts'

const WORKER = {
  id: 'w1',
  host: 'h',
  pid: 1,
  startedAt: 0,
  queues: ['default'],
  slots: 100,
  busy: 0,
  version: '0',
  memoryBytes: 0,
  quiet: false,
}
const ERROR = { name: 'Error', message: 'it broke', stack: null, code: null, cause: null }
const NO_SCHEDULES = { moved: 0, skipped: 0, conflicts: [], paused: [] }

function jobs(count: number, more: (index: number) => Partial<NewJob> = () => ({})): NewJob[] {
  return Array.from({ length: count }, (_, index) => newJob(`job-${index}`, more(index)))
}

async function allJobs(backend: MoveEnd): Promise<JobRecord[]> {
  const found: JobRecord[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<MoveEnd['records']['list']>> = await backend.records.list(
      {},
      { limit: 1_000, order: 'oldest', after },
    )
    found.push(...page.jobs)
    after = page.next
  } while (after !== null)
  return found
}

/** Jobs in every state, with attempts, logs and progress. */
async function fill(from: MoveEnd): Promise<void> {
  await from.enqueue(
    jobs(60, (index) => ({
      delayMs: index % 4 === 0 ? 3_600_000 : 0,
      tags: ['t'],
      meta: { index },
      priority: index % 3,
      unique: { key: `k${index}`, forMs: null, states: ['pending', 'succeeded'], conflict: 'skip' },
    })),
  )
  await from.heartbeat(WORKER, 1_000)
  const claim = { queues: [{ name: 'default', limit: 12 }], limit: 12 }
  const { claimed } = await from.exchange(exchangeRequest({ workerId: 'w1', claim }))
  await from.records.note(
    claimed.map(({ id, token }) => ({
      id,
      token,
      progress: { percent: 40, note: 'on the way' },
      lines: [{ at: Date.now(), level: 'info' as const, message: 'hello', fields: { a: 1 }, attempt: 1 }],
    })),
  )
  for (const job of claimed.slice(0, 6)) {
    await from.checkpoints?.begin(job, 'mail')
    await from.checkpoints?.complete(job, 'mail', '"sent"')
  }
  const settle = claimed.slice(0, 9).map((job, index): Settlement => {
    if (index < 3) return { job, outcome: { kind: 'succeed', result: '{"ok":true}' } }
    if (index < 6) return { job, outcome: { kind: 'retry', delayMs: 3_600_000, error: ERROR } }
    return { job, outcome: { kind: 'fail', reason: 'discarded', error: ERROR, counts: true } }
  })
  await from.exchange(exchangeRequest({ workerId: 'w1', settle }))
  const waiting = (
    await from.records.list({ states: ['pending'] }, { limit: 2, order: 'oldest', after: null })
  ).jobs
  await from.records.cancel(
    waiting.map((job) => job.id),
    'requested',
  )
}

const options = { timeoutMs: 15_000, signal: new AbortController().signal, onProgress: () => undefined }

describe.each<[string, (folder: string, name: string) => Backend]>([
  ['memory', () => memory()],
  ['SQLite', (folder, name) => sqlite(join(folder, name))],
])('from %s', (_name, open) => {
  it('moves jobs in every state whole, also those of a worker that died', async () => {
    const folder = makeFolder()
    const from = asMoveEnd(open(folder, 'from.db'), '--from')
    const to = asMoveEnd(sqlite(join(folder, 'to.db')), '--to')
    await fill(from)
    await from.limits?.pause(['default'])
    const before = await allJobs(from)
    const whole = await from.records.export(before.map(({ id }) => id))
    expect(whole.filter((stored) => stored?.checkpoints.length === 1)).toHaveLength(6)
    const account = await moveStore(from, to, options)
    expect(account).toEqual({
      moved: 60,
      skipped: 0,
      conflicts: [],
      remaining: 0,
      active: 0,
      paused: ['default'],
      schedules: NO_SCHEDULES,
    })
    expect(await allJobs(from)).toEqual([])
    expect(await to.limits?.paused()).toEqual(['default'])
    for (const [index, job] of before.entries()) {
      const [moved] = await to.records.export([job.id])
      // Three were running: their worker is dead, so they were taken back first.
      if (job.state !== 'active') expect(moved).toEqual(whole[index])
      else {
        expect(moved?.job).toMatchObject({ id: job.id, state: 'pending', attempt: 1, lost: 1 })
        expect(moved?.logs).toEqual(whole[index]?.logs)
      }
    }
    await Promise.all([from.close(), to.close()])
  })
})

describe('between two stores', () => {
  const pair = (): [MoveEnd, MoveEnd] => [asMoveEnd(memory(), '--from'), asMoveEnd(memory(), '--to')]

  it('finishes what an interrupted move had held, stored or both', async () => {
    const [from, to] = pair()
    await from.enqueue(jobs(3))
    await from.records.hold(['job-0', 'job-1'])
    const [held] = await from.records.export(['job-0'])
    if (held === null || held === undefined) throw new Error('job-0 is gone')
    await to.records.restore([held])
    expect(await moveStore(from, to, options)).toMatchObject({ moved: 2, skipped: 1, remaining: 0 })
    expect((await allJobs(to)).map((job) => [job.id, job.state])).toEqual([
      ['job-0', 'pending'],
      ['job-1', 'pending'],
      ['job-2', 'pending'],
    ])
  })

  it('leaves both alone where the other store has a different job with the same id', async () => {
    const [from, to] = pair()
    await to.enqueue([newJob('job-1', { task: 'other' })])
    await from.enqueue(jobs(3))
    expect(await moveStore(from, to, options)).toMatchObject({ moved: 2, conflicts: ['job-1'], remaining: 1 })
    expect((await allJobs(from)).map((job) => [job.id, job.state])).toEqual([['job-1', 'pending']])
    expect((await to.records.get(['job-1']))[0]?.task).toBe('other')
  })

  it('waits for running jobs while their worker goes on, and no longer than told', async () => {
    const [from, to] = pair()
    await from.enqueue(jobs(2))
    await from.heartbeat(WORKER, 60_000)
    const { claimed } = await from.exchange(
      exchangeRequest({
        workerId: 'w1',
        claim: { queues: [{ name: 'default', limit: 2 }], limit: 2 },
      }),
    )
    expect(await moveStore(from, to, { ...options, timeoutMs: 300 })).toMatchObject({
      moved: 0,
      remaining: 2,
      active: 2,
    })
    const settled = sleep(300).then(() =>
      from.exchange(
        exchangeRequest({
          workerId: 'w1',
          settle: claimed.map((job) => ({ job, outcome: { kind: 'succeed', result: '1' } })),
        }),
      ),
    )
    expect(await moveStore(from, to, options)).toMatchObject({ moved: 2, remaining: 0 })
    await settled
  })

  it('leaves out what a killed command stored to tell the stores apart', async () => {
    const [from, to] = pair()
    await from.enqueue([probeJob('left-behind'), ...jobs(1)])
    await checkDifferent(from, to)
    expect((await allJobs(from)).map((job) => job.id)).toEqual(['job-0'])
  })

  it('stops after the page at hand when told to', async () => {
    const [from, to] = pair()
    await from.enqueue(jobs(1_000))
    const abort = new AbortController()
    const account = await moveStore(from, to, {
      ...options,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    })
    expect(account).toMatchObject({ moved: 200, remaining: 800 })
  })

  it('refuses one and the same store', async () => {
    const folder = makeFolder()
    const url = await makeStore(folder, jobs(2))
    const { code, stderr } = await here([
      'move',
      '--from',
      url,
      '--to',
      `sqlite:${folder}/../${folder.split('/').at(-1)}/jobs.db`,
    ])
    expect(code).toBe(2)
    expect(stderr).toContain('same store')
    const store = memory()
    await expect(checkDifferent(asMoveEnd(store, 'a'), asMoveEnd(store, 'b'))).rejects.toThrow('same store')
    const { stdout } = await here(['stats', '--backend', url, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ totals: { pending: 2 } })
  })
})

describe('as a process', () => {
  it('prints an account', async () => {
    const folder = makeFolder()
    const url = await makeStore(folder, jobs(500))
    const args = ['move', '--from', url, '--to', `sqlite:${folder}/new.db`, '--json']
    const { code, stdout, stderr } = await run(args, { cwd: folder })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      moved: 500,
      skipped: 0,
      conflicts: [],
      remaining: 0,
      active: 0,
      paused: [],
      schedules: NO_SCHEDULES,
    })
    expect((await here(['move', '--from', `sqlite:${folder}/nothing.db`, '--to', url])).code).toBe(3)
  })

  it('stops at Ctrl+C with 130, and says what remains', async () => {
    const folder = makeFolder()
    const url = await makeStore(folder, jobs(20_000))
    const moving = start(['move', '--from', url, '--to', `sqlite:${folder}/new.db`, '--json'], {
      cwd: folder,
    })
    const to = asMoveEnd(sqlite(join(folder, 'new.db')), '--to')
    while ((await to.records.counts()).length === 0) await sleep(5)
    await to.close()
    moving.child.kill('SIGINT')
    const { code, stdout } = await moving.ended
    const { moved, remaining } = JSON.parse(stdout) as { moved: number; remaining: number }
    expect(code).toBe(130)
    expect(moved + remaining).toBe(20_000)
  })

  it('shares the jobs with workers that go on: each runs once, here or there', async () => {
    const folder = makeProject()
    const url = await makeStore(folder, jobs(3_000))
    const worker = start(['work', '--slots', '2', '--prefetch', '10'], { cwd: folder })
    await worker.sees(/started/)
    const { code } = await run(['move', '--from', url, '--to', 'sqlite:new.db'], { cwd: folder })
    expect(code).toBe(0)
    worker.child.kill('SIGTERM')
    await worker.ended
    const there = await run(['work', '--drain'], { cwd: folder, env: { STORE: 'sqlite:new.db' } })
    expect(there.code).toBe(0)
    const ran = readFileSync(join(folder, 'ran.txt'), 'utf8').trim().split('\n')
    expect(ran).toHaveLength(3_000)
    expect(new Set(ran).size).toBe(3_000)
    const { stdout } = await here(['stats', '--backend', `sqlite:${folder}/new.db`, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ totals: { succeeded: 3_000, pending: 0, blocked: 0 } })
  })

  it('is killed again and again, and loses and doubles nothing', async () => {
    const folder = makeFolder()
    const count = 4_000
    const url = await makeStore(
      folder,
      jobs(count, (index) => ({ delayMs: index % 5 === 0 ? 3_600_000 : 0 })),
    )
    const args = ['move', '--from', url, '--to', `sqlite:${folder}/new.db`, '--json']
    let kills = 0
    for (; kills < 6; kills += 1) {
      const running = start(args, { cwd: folder })
      // Later each time, so that the kill meets different moments of a page.
      const timer = setTimeout(() => running.child.kill('SIGKILL'), 250 + kills * 67)
      const { code } = await running.ended
      clearTimeout(timer)
      if (code === 0) break
    }
    expect(kills).toBeGreaterThan(0)
    const { code, stdout } = await run(args, { cwd: folder })
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, remaining: 0 })
    const to = asMoveEnd(sqlite(join(folder, 'new.db')), '--to')
    const from = asMoveEnd(sqlite(join(folder, 'jobs.db')), '--from')
    const moved = await allJobs(to)
    expect(new Set(moved.map((job) => job.id)).size).toBe(count)
    expect(moved).toHaveLength(count)
    expect(moved.filter((job) => job.state === 'scheduled')).toHaveLength(count / 5)
    expect(await allJobs(from)).toEqual([])
    await Promise.all([from.close(), to.close()])
  })
})
