/**
 * `millrace bench`: measures, and leaves nothing behind.
 * @module
 */
import { expect, it } from 'vitest'
import { makeFolder, makeStore, newJob } from './folder.ts'
import { here, run, start } from './run.ts'

it('measures every scenario and cleans up', async () => {
  const folder = makeFolder()
  const url = await makeStore(folder, [newJob('mine')])
  const { code, stdout } = await run(['bench', '--backend', url, '--jobs', '500', '--json'], { cwd: folder })
  expect(code).toBe(0)
  const report = JSON.parse(stdout) as {
    results: { scenario: string; jobsPerSecond: number; exact: boolean | null }[]
  }
  expect(report).toMatchObject({ store: 'sqlite', slots: 100, payloadBytes: 100 })
  expect(report.results.map((row) => [row.scenario, row.exact])).toEqual([
    ['enqueue-batch', null],
    ['enqueue-single', null],
    ['process', true],
    ['latency', true],
  ])
  for (const row of report.results) expect(row.jobsPerSecond).toBeGreaterThan(0)
  const left = JSON.parse((await here(['jobs', 'list', '--backend', url, '--json'])).stdout) as {
    jobs: { id: string; state: string }[]
  }
  expect(left.jobs.map((job) => [job.id, job.state])).toEqual([['mine', 'pending']])
})

it('cleans up after Ctrl+C, too', async () => {
  const folder = makeFolder()
  const url = await makeStore(folder, [])
  const bench = start(['bench', '--backend', url, '--jobs', '1000000'], { cwd: folder })
  await bench.sees(/enqueue in batches/)
  bench.child.kill('SIGINT')
  expect((await bench.ended).code).toBe(130)
  const left = JSON.parse((await here(['stats', '--backend', url, '--json'])).stdout) as {
    totals: Record<string, number>
  }
  expect(Object.values(left.totals).every((count) => count === 0)).toBe(true)
})
