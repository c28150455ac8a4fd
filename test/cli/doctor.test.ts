/**
 * `millrace doctor`: what it finds, and what it says to do.
 * @module
 */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import { checkNode } from '../../src/cli/doctor/project.ts'
import { exchangeRequest } from '../../src/conformance/request.ts'
import type { WorkerInfo } from '../../src/contract/index.ts'
import { makeFolder, makeProject, makeStore, newJob } from './folder.ts'
import { here, run } from './run.ts'

interface Check {
  readonly check: string
  readonly status: string
  readonly summary: string
  readonly advice: string | null
}

async function doctor(
  url: string,
): Promise<{ code: number | null; ok: boolean; checks: Record<string, Check> }> {
  const { code, stdout } = await here(['doctor', '--backend', url, '--json'])
  const report = JSON.parse(stdout) as { ok: boolean; checks: Check[] }
  return {
    code,
    ok: report.ok,
    checks: Object.fromEntries(report.checks.map((check) => [check.check, check])),
  }
}

const worker = (more: Partial<WorkerInfo>): WorkerInfo => ({
  id: 'w1',
  host: 'h',
  pid: 1,
  startedAt: Date.now(),
  queues: ['default'],
  slots: 10,
  busy: 0,
  version: '0.0.1',
  memoryBytes: 0,
  quiet: false,
  ...more,
})

describe('doctor', () => {
  it('is content with an empty store, and leaves nothing in it', async () => {
    const url = await makeStore(makeFolder(), [])
    const { code, ok, checks } = await doctor(url)
    expect({ code, ok }).toEqual({ code: 0, ok: true })
    expect(checks.store?.summary).toMatch(/, binding better-sqlite3/)
    expect(Object.keys(checks)).toEqual([
      'node',
      'config',
      'store',
      'schema',
      'clock',
      'writing',
      'disk',
      'workers',
    ])
    const { stdout } = await here(['jobs', 'list', '--backend', url, '--json'])
    expect(JSON.parse(stdout)).toEqual({ jobs: [], next: null })
  })

  it('warns of what keeps jobs from running', async () => {
    const folder = makeFolder()
    const url = await makeStore(folder, [
      newJob('a'),
      newJob('b', { queue: 'orphan' }),
      newJob('c', { queue: 'stopped' }),
      newJob('held', { queue: 'stopped' }),
      newJob('unknown', { task: 'old-name', priority: 9 }),
    ])
    const backend = sqlite(join(folder, 'jobs.db'))
    await backend.heartbeat(worker({}), 60_000)
    const { claimed } = await backend.exchange(
      exchangeRequest({
        workerId: 'w1',
        claim: { queues: [{ name: 'default', limit: 1 }], limit: 1 },
      }),
    )
    const error = {
      name: 'UnknownTaskError',
      message: 'no such task',
      stack: null,
      code: 'unknown-task',
      cause: null,
    }
    await backend.exchange(
      exchangeRequest({
        workerId: 'w1',
        settle: claimed.map((job) => ({
          job,
          outcome: { kind: 'fail', reason: 'unknown-task', error, counts: false },
        })),
      }),
    )
    await backend.limits?.pause(['stopped'])
    await backend.records?.hold(['held'])
    await backend.close()
    const { code, checks } = await doctor(url)
    expect(code).toBe(0)
    expect(checks.workers).toMatchObject({
      status: 'warn',
      summary: expect.stringContaining('other versions: 0.0.1'),
    })
    expect(checks.paused).toMatchObject({
      status: 'warn',
      summary: 'paused: stopped (1 waiting)',
      advice: expect.stringContaining('queues resume stopped'),
    })
    expect(checks.queues).toMatchObject({ status: 'warn', summary: 'no worker serves orphan (1 waiting)' })
    expect(checks.parked).toMatchObject({ status: 'warn', summary: expect.stringContaining('old-name') })
    expect(checks.held).toMatchObject({ status: 'warn', advice: expect.stringContaining('millrace move') })
    const text = await here(['doctor', '--backend', url])
    expect(text.stdout).toMatch(/warn {2}queues +no worker serves orphan .*\n +→ Start a worker/)
  })

  it('warns where nobody works', async () => {
    const { checks } = await doctor(await makeStore(makeFolder(), [newJob('a')]))
    expect(checks.workers).toMatchObject({ status: 'warn', summary: 'none is running, 1 job waiting' })
  })

  it('fails where the config does not load, and where the store cannot be used', async () => {
    const broken = makeProject({ 'millrace.config.mjs': 'export default millrace({' })
    const { code, stdout } = await run(['doctor'], { cwd: broken })
    expect(code).toBe(1)
    expect(stdout).toMatch(/fail {2}config/)
    const nowhere = await here(['doctor', '--json'], { cwd: makeFolder() })
    expect(nowhere.code).toBe(1)
    expect(JSON.parse(nowhere.stdout)).toMatchObject({
      ok: false,
      checks: [{ status: 'ok' }, { check: 'config', status: 'fail' }],
    })
    const missing = makeProject({
      'millrace.config.mjs':
        "import { millrace } from 'millrace'\nexport default millrace({ backend: 'sqlite:/no/such/folder/x.db' })",
    })
    const store = await run(['doctor'], { cwd: missing })
    expect(store.code).toBe(1)
    expect(store.stdout).toMatch(/warn {2}tasks .*\n.*\nfail {2}store /)
  })
})

describe('node', () => {
  it.each([
    ['v20.19.0', 'ok'],
    ['v20.18.3', 'fail'],
    ['v18.20.0', 'fail'],
    ['v24.1.0', 'ok'],
  ])('%s', (version, status) => {
    expect(checkNode(version, '>=20.19').status).toBe(status)
  })
})
