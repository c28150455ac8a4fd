/**
 * Commands that need a store and no config: stats, jobs, queues, migrate.
 * @module
 */
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import { WANTED_SCHEMA } from '../../src/backends/sqlite/migrate.ts'
import { exchangeRequest } from '../../src/conformance/request.ts'
import type { WorkerInfo } from '../../src/contract/index.ts'
import { makeFolder, makeProject, makeStore, newJob } from './folder.ts'
import { here, run } from './run.ts'

const WORKER: WorkerInfo = {
  id: 'w1',
  host: 'h',
  pid: 1,
  startedAt: 0,
  queues: ['default'],
  slots: 1,
  busy: 0,
  version: '0',
  memoryBytes: 0,
  quiet: false,
}

const manyJobs = (count: number) => Array.from({ length: count }, (_, index) => newJob(`job-${index}`))

describe('stats', () => {
  it('shows queues by state, as a table and as JSON', async () => {
    const folder = makeFolder()
    const url = await makeStore(folder, [newJob('a'), newJob('b', { queue: 'mail', delayMs: 60_000 })])
    const text = await here(['stats', '--backend', url])
    expect(text.stdout).toMatch(/^store +sqlite/)
    expect(text.stdout).toMatch(/\nmail +1 +0 +0/)
    expect(text.stdout).toMatch(/\ntotal +1 +1 +0/)
    expect(text.stdout).toContain('No worker is running.')
    const { code, stdout, stderr } = await here(['stats', '--backend', url, '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      info: { name: 'sqlite', location: join(folder, 'jobs.db'), schema: { found: WANTED_SCHEMA } },
      queues: [
        { queue: 'default', paused: false, counts: { pending: 1, scheduled: 0 }, servedBy: [] },
        { queue: 'mail', counts: { scheduled: 1 } },
      ],
      totals: { pending: 1, scheduled: 1, failed: 0 },
      workers: [],
    })
  })

  it('has colours only where they are wanted', async () => {
    const url = await makeStore(makeFolder(), [newJob('a')])
    const args = ['stats', '--backend', url]
    expect((await here(args)).stdout).not.toContain('\u001b[')
    expect((await here(args, { terminal: true })).stdout).toContain('\u001b[')
    expect((await here(args, { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[')
    expect((await here(args, { terminal: true, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b[')
    expect((await here([...args, '--json'], { terminal: true })).stdout).not.toContain('\u001b[')
  })

  it('makes no store because of a slip', async () => {
    const folder = makeFolder()
    const { code, stderr } = await here(['stats', '--backend', 'sqlite:typo.db'], { cwd: folder })
    expect(code).toBe(3)
    expect(stderr).toContain(`there is no file ${join(folder, 'typo.db')}`)
    expect(existsSync(join(folder, 'typo.db'))).toBe(false)
  })

  it('says what is wrong with a URL', async () => {
    for (const url of ['sqlte:jobs.db', 'nonsense', '']) {
      const { code, stdout, stderr } = await here(['stats', '--backend', url])
      expect({ url, code, stdout }).toEqual({ url, code: 2, stdout: '' })
      expect(stderr).toMatch(/^error: /)
    }
  })
})

describe('jobs list', () => {
  it('filters and pages', async () => {
    const url = await makeStore(makeFolder(), [
      ...manyJobs(5),
      newJob('other', { task: 'fail', queue: 'bad', tags: ['red', 'big'], payload: '"needle"' }),
    ])
    const list = async (...args: string[]) => {
      const { stdout } = await here(['jobs', 'list', '--backend', url, '--json', ...args])
      const page = JSON.parse(stdout) as { jobs: { id: string }[]; next: string | null }
      return { ids: page.jobs.map((job) => job.id), next: page.next }
    }
    expect((await list()).ids).toEqual(['other', 'job-4', 'job-3', 'job-2', 'job-1', 'job-0'])
    for (const flags of [
      ['--queue', 'bad'],
      ['--task', 'fail'],
      ['--tag', 'red', '--tag', 'big'],
      ['--text', 'needle'],
    ]) {
      expect((await list(...flags)).ids).toEqual(['other'])
    }
    expect((await list('--state', 'failed,retrying')).ids).toEqual([])
    expect((await list('--since', '1h')).ids).toHaveLength(6)
    expect((await list('--until', '2020-01-01')).ids).toEqual([])
    const first = await list('--limit', '4', '--order', 'oldest')
    expect(first.ids).toEqual(['job-0', 'job-1', 'job-2', 'job-3'])
    const second = await list('--limit', '4', '--order', 'oldest', '--after', String(first.next))
    expect(second).toEqual({ ids: ['job-4', 'other'], next: null })
  })

  it('prints a table, and says how to go on', async () => {
    const url = await makeStore(makeFolder(), manyJobs(3))
    const { code, stdout, stderr } = await here(['jobs', 'list', '--backend', url, '--limit', '2'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^id +state +task +queue +attempt +created +about\n/)
    expect(stdout).toMatch(/job-2 +pending +greet +default +0\/3 .*\{"name":"Ada"\}/)
    expect(stderr).toMatch(/--after '\d+'/)
  })

  it('refuses a cursor that is none', async () => {
    const url = await makeStore(makeFolder(), [])
    const { code, stderr } = await here(['jobs', 'list', '--backend', url, '--after', 'zzz'])
    expect(code).toBe(2)
    expect(stderr).toContain('zzz')
  })
})

describe('jobs show', () => {
  it('shows one job whole', async () => {
    const url = await makeStore(makeFolder(), [newJob('a', { tags: ['red'], meta: { trace: 'x1' } })])
    const text = await here(['jobs', 'show', 'a', '--backend', url])
    expect(text.stdout).toMatch(/state +pending/)
    expect(text.stdout).toContain('"name": "Ada"')
    const { stdout } = await here(['jobs', 'show', 'a', '--backend', url, '--json'])
    const job = JSON.parse(stdout) as Record<string, unknown>
    expect(job).toMatchObject({
      id: 'a',
      state: 'pending',
      input: { name: 'Ada' },
      output: null,
      tags: ['red'],
      meta: { trace: 'x1' },
      attempts: [],
      logs: [],
    })
    expect(job).not.toHaveProperty('payload')
  })

  it('cuts errors of attempts only on a terminal, and prints each whole below', async () => {
    const folder = makeFolder()
    const url = await makeStore(folder, [newJob('a')])
    const backend = sqlite(join(folder, 'jobs.db'))
    await backend.heartbeat(WORKER, 60_000)
    const { claimed } = await backend.exchange(
      exchangeRequest({
        workerId: 'w1',
        claim: { queues: [{ name: 'default', limit: 1 }], limit: 1 },
      }),
    )
    const error = { name: 'Error', message: `${'long '.repeat(40)}end`, stack: null, code: null, cause: null }
    const [job] = claimed
    if (job === undefined) return expect.unreachable('the job is claimed')
    await backend.exchange(
      exchangeRequest({
        workerId: 'w1',
        settle: [{ job, outcome: { kind: 'retry', delayMs: 60_000, error } }],
      }),
    )
    await backend.close()
    const whole = `Error: ${error.message}`
    const piped = await here(['jobs', 'show', 'a', '--backend', url])
    expect(piped.stdout).toMatch(/\n1 +retried .*long end\n/)
    expect(piped.stdout).not.toContain('…')
    expect(piped.stdout).toContain(`\nattempt 1: ${whole}\n`)
    const terminal = await here(['jobs', 'show', 'a', '--backend', url], {
      terminal: true,
      env: { NO_COLOR: '1' },
    })
    expect(terminal.stdout).toMatch(/\n1 +retried .*…\n/)
    expect(terminal.stdout).toContain(`\nattempt 1: ${whole}\n`)
  })

  it('ends with 3 where there is no such job', async () => {
    const url = await makeStore(makeFolder(), [])
    const { code, stdout, stderr } = await here(['jobs', 'show', 'nobody', '--backend', url, '--json'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'not-found', message: expect.stringContaining('nobody') },
    })
  })
})

describe('jobs retry, cancel and delete', () => {
  it('changes jobs by id, and ends with 3 where one was refused or is unknown', async () => {
    const url = await makeStore(makeFolder(), manyJobs(3))
    const cancelled = await here(['jobs', 'cancel', 'job-0', 'job-1', '--backend', url, '--json'])
    expect(cancelled.code).toBe(0)
    expect(JSON.parse(cancelled.stdout)).toEqual({
      done: 2,
      requested: 0,
      refused: 0,
      notFound: 0,
      jobs: [
        { id: 'job-0', outcome: 'done', state: 'cancelled' },
        { id: 'job-1', outcome: 'done', state: 'cancelled' },
      ],
    })
    const again = await here(['jobs', 'cancel', 'job-0', 'nobody', '--backend', url])
    expect(again.code).toBe(3)
    expect(again.stdout).toMatch(/job-0 +refused: it is cancelled/)
    expect(again.stdout).toMatch(/nobody +not found/)
    expect((await here(['jobs', 'retry', 'job-0', '--backend', url])).stdout).toMatch(/job-0 +retried/)
    expect((await here(['jobs', 'delete', 'job-1', '--backend', url])).code).toBe(0)
    expect((await here(['jobs', 'show', 'job-1', '--backend', url])).code).toBe(3)
  })

  it('says of a running job that its worker was asked', async () => {
    const folder = makeFolder()
    const url = await makeStore(folder, manyJobs(2))
    const backend = sqlite(join(folder, 'jobs.db'))
    await backend.heartbeat(WORKER, 60_000)
    const claim = { queues: [{ name: 'default', limit: 1 }], limit: 1 }
    await backend.exchange(exchangeRequest({ workerId: WORKER.id, claim }))
    await backend.close()
    const { code, stdout } = await here(['jobs', 'cancel', 'job-0', 'job-1', '--backend', url])
    expect(code).toBe(0)
    expect(stdout).toMatch(/job-0 +requested: it runs; its worker was asked to abort it\n/)
    expect(stdout).toMatch(/1 job cancelled, 1 asked to abort\.\n$/)
    const again = await here(['jobs', 'cancel', 'job-0', '--backend', url, '--json'])
    expect(JSON.parse(again.stdout)).toEqual({
      done: 0,
      requested: 1,
      refused: 0,
      notFound: 0,
      jobs: [{ id: 'job-0', outcome: 'requested', state: 'active' }],
    })
  })

  it('changes all matching ones only once somebody agreed', async () => {
    const url = await makeStore(makeFolder(), [...manyJobs(1_203), newJob('keep', { queue: 'other' })])
    const command = ['jobs', 'cancel', '--queue', 'default', '--all-matching', '--backend', url]
    const asked = await here(command)
    expect(asked.code).toBe(3)
    expect(asked.stderr).toContain('Cancel 1,203 jobs?')
    expect(asked.stderr).toContain('--yes')
    const agreed = await here([...command, '--yes', '--json'])
    expect(agreed.code).toBe(0)
    expect(JSON.parse(agreed.stdout)).toMatchObject({ done: 1_203, refused: 0, notFound: 0 })
    const none = await here(['jobs', 'delete', '--state', 'failed', '--all-matching', '--backend', url])
    expect(none).toMatchObject({ code: 0, stdout: '0 jobs deleted.\n' })
    const { stdout } = await here(['stats', '--backend', url, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ totals: { cancelled: 1_203, pending: 1 } })
  })
})

describe('queues', () => {
  it('pauses and resumes, and doubts an unknown name', async () => {
    const url = await makeStore(makeFolder(), [newJob('a', { queue: 'mail' })])
    const paused = await here(['queues', 'pause', 'mail', 'mial', '--backend', url, '--json'])
    expect(JSON.parse(paused.stdout)).toEqual({ done: ['mail', 'mial'], paused: ['mail', 'mial'] })
    const resumed = await here(['queues', 'resume', 'mial', '--backend', url])
    expect(resumed).toMatchObject({ code: 0, stdout: 'Resumed mial. Paused now: mail.\n' })
    const unknown = await here(['queues', 'pause', 'mali', '--backend', url])
    expect(unknown.stderr).toContain('Did you mean mail?')
    const list = await here(['queues', 'list', '--backend', url])
    expect(list.stdout).toMatch(/mail .*paused/)
  })

  it('drains once somebody agreed', async () => {
    const url = await makeStore(makeFolder(), [
      newJob('a'),
      newJob('b', { delayMs: 9_000 }),
      newJob('c', { queue: 'mail' }),
    ])
    expect((await here(['queues', 'drain', 'default', '--backend', url])).code).toBe(3)
    const { code, stdout } = await here(['queues', 'drain', 'default', '--yes', '--backend', url, '--json'])
    expect({ code, ...JSON.parse(stdout) }).toEqual({ code: 0, queue: 'default', cancelled: 2 })
    const show = await here(['jobs', 'show', 'a', '--backend', url, '--json'])
    expect(JSON.parse(show.stdout)).toMatchObject({ state: 'cancelled', reason: 'drained' })
  })
})

describe('migrate', () => {
  it('makes a store, and says when there is nothing to do', async () => {
    const folder = makeFolder()
    const dry = await here(['migrate', '--backend', 'sqlite:new.db', '--dry-run'], { cwd: folder })
    expect(dry.code).toBe(3)
    const url = `sqlite:${join(folder, 'new.db')}`
    const first = await here(['migrate', '--backend', url, '--json'])
    expect({ code: first.code, ...JSON.parse(first.stdout) }).toMatchObject({
      code: 0,
      schema: { found: WANTED_SCHEMA, wanted: WANTED_SCHEMA },
      dryRun: false,
    })
    const second = await here(['migrate', '--backend', url])
    expect(second.stdout).toMatch(/^Up to date: /)
  })

  it('says what is missing without touching the file', async () => {
    const folder = makeFolder()
    const file = join(folder, 'new.db')
    writeFileSync(file, '')
    const dry = await here(['migrate', '--backend', `sqlite:${file}`, '--dry-run', '--json'])
    expect({ code: dry.code, ...JSON.parse(dry.stdout) }).toEqual({
      code: 0,
      location: file,
      schema: { found: 0, wanted: WANTED_SCHEMA },
      applied: [],
      dryRun: true,
    })
    const text = await here(['migrate', '--backend', `sqlite:${file}`, '--dry-run'])
    expect(text.stdout).toContain(`is at version 0; \`millrace migrate\` would bring it to ${WANTED_SCHEMA}.`)
    expect({ files: readdirSync(folder), bytes: statSync(file).size }).toEqual({
      files: ['new.db'],
      bytes: 0,
    })
  })

  it('makes no file for the store of a config either', async () => {
    const folder = makeProject()
    const { code, stdout } = await run(['migrate', '--dry-run', '--json'], { cwd: folder })
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      schema: { found: 0, wanted: WANTED_SCHEMA },
    })
    expect(readdirSync(folder).sort()).toEqual(['millrace.config.mjs', 'node_modules'])
  })

  it('refuses a store of a newer release', async () => {
    const folder = makeFolder()
    const url = await makeStore(folder, [])
    const { openDatabase } = await import('../../src/backends/sqlite/index.ts')
    const database = openDatabase(join(folder, 'jobs.db'))
    database.exec(
      "INSERT INTO millrace_migration (version, name, breaking, applied_at) VALUES (99, 'future', 1, 0)",
    )
    database.close()
    for (const command of ['migrate', 'stats']) {
      const { code, stderr } = await here([command, '--backend', url])
      expect(code).toBe(1)
      expect(stderr).toMatch(/newer version/)
      expect(stderr).toMatch(/hint: Update/)
    }
    const dry = await here(['migrate', '--backend', url, '--dry-run'])
    expect(dry).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`version 99, newer than ${WANTED_SCHEMA}`),
    })
  })

  it('uses a store of a newer release that broke nothing', async () => {
    const folder = makeFolder()
    const url = await makeStore(folder, [])
    const { openDatabase } = await import('../../src/backends/sqlite/index.ts')
    const database = openDatabase(join(folder, 'jobs.db'))
    database.exec(
      "INSERT INTO millrace_migration (version, name, breaking, applied_at) VALUES (99, 'future', 0, 0)",
    )
    database.close()
    expect(await here(['stats', '--backend', url])).toMatchObject({ code: 0 })
    expect(await here(['migrate', '--backend', url])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`version 99, newer than ${WANTED_SCHEMA} but usable`),
    })
    const { code, stdout } = await here(['doctor', '--backend', url])
    expect(code).toBe(0)
    expect(stdout).toContain('version 99 is newer')
  })
})

describe('without config and without --backend', () => {
  it('says how to get one', async () => {
    const { code, stderr } = await here(['stats'], { cwd: makeFolder() })
    expect(code).toBe(1)
    expect(stderr).toMatch(/No configuration was found.*--backend sqlite:millrace\.db/)
    expect(stderr).not.toContain('export default')
  })
})

it('a file that is no database is refused', async () => {
  const folder = makeFolder()
  const { writeFileSync } = await import('node:fs')
  writeFileSync(
    join(folder, 'jobs.db'),
    'this is a letter, not a database, and long enough to be looked at closely. '.repeat(99),
  )
  const { code, stderr } = await here(['stats', '--backend', `sqlite:${join(folder, 'jobs.db')}`])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error: /)
  expect(stderr).not.toMatch(/hint: This was not expected/)
})
