/**
 * The benchmark runs, and what it writes has the promised shape. No timing is judged here.
 * @module
 */
import { describe, expect, test } from 'vitest'
import { bench, benchRows } from './run-bench.ts'

const COLUMNS = [
  'system',
  'store',
  'scenario',
  'jobs',
  'seconds',
  'jobsPerSecond',
  'p50Ms',
  'p99Ms',
  'bytesPerJob',
  'cpuMsPerJob',
  'serverCpuMsPerJob',
  'exact',
]

describe('npm run bench', () => {
  test('writes one row for each system, with every job run exactly once', { timeout: 120_000 }, async () => {
    const only = ['--only', 'process-10', '--systems', 'millrace,raw,plainjob']
    const { stdout, rows } = await benchRows(...only)
    expect(stdout).toContain('process-10 against the raw loop')
    expect(rows.map(({ system }) => system).sort()).toEqual(['millrace', 'plainjob', 'raw'])
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(COLUMNS)
      expect(row.jobs).toBe(row.system === 'plainjob' ? 1000 : 2000)
      expect(row.exact).toBe(true)
      expect(row.serverCpuMsPerJob).toBeNull()
    }
  })

  test('refuses a flag it does not know, and a scenario it does not have', async () => {
    await expect(bench('--quik')).rejects.toMatchObject({ code: 2 })
    await expect(bench('--only', 'procces')).rejects.toMatchObject({ code: 2 })
    await expect(bench('--peers', '--systems', 'plainjob')).rejects.toMatchObject({ code: 2 })
  })
})

describe('npm run bench -- --peers', () => {
  test.each([
    ['redis', 'millrace-redis', ['raw-redis', 'bullmq', 'bee-queue', 'sidekiq', 'celery']],
    [
      'postgres',
      'millrace-postgres',
      ['raw-postgres', 'graphile-worker', 'graphile-worker-defaults', 'pg-boss'],
    ],
  ] as const)(
    'measures each system on %s, with every job run exactly once',
    { timeout: 300_000 },
    async (_, ours, theirs) => {
      const { stdout, rows } = await benchRows(
        '--peers',
        '--only',
        'process-10',
        '--systems',
        [ours, ...theirs].join(','),
      )
      // Without a server nothing is measured, which fails under CI=true.
      if (rows.length === 0 && process.env.CI !== 'true') return
      const leftOut = theirs.filter((system) => stdout.includes(`Left out: ${system}.`))
      expect(leftOut.filter((system) => system !== 'sidekiq' && system !== 'celery')).toEqual([])
      expect(rows.map(({ system }) => system).sort()).toEqual(
        [ours, ...theirs].filter((system) => !leftOut.some((name) => name === system)).sort(),
      )
      for (const row of rows) expect(row).toMatchObject({ jobs: 1000, exact: true })
    },
  )

  test('tells latency, bytes and the CPU time of both sides', { timeout: 120_000 }, async () => {
    const only = ['--only', 'enqueue-batch,latency-across-processes', '--systems', 'millrace-redis']
    const { rows } = await benchRows('--peers', ...only)
    if (rows.length === 0 && process.env.CI !== 'true') return
    const [batch, latency] = rows
    expect(batch).toMatchObject({ scenario: 'enqueue-batch', store: 'redis appendfsync everysec' })
    expect(batch?.bytesPerJob).toBeGreaterThan(50)
    expect(batch?.cpuMsPerJob).toBeGreaterThan(0)
    // Where there is no /proc, nobody tells.
    if (process.platform === 'linux') expect(latency?.serverCpuMsPerJob).toBeGreaterThan(0)
    expect(latency?.p50Ms).toBeGreaterThan(0)
    expect(latency?.p99Ms).toBeGreaterThanOrEqual(latency?.p50Ms ?? 0)
  })
})
