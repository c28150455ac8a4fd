/**
 * The benchmark runs, and what it writes has the promised shape. No timing is judged here.
 * @module
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Row } from '../../bench/row.ts'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url)

const bench = (...flags: string[]) =>
  run(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...flags], { cwd: root })

describe('npm run bench', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-bench-test-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('writes one row for each system, with every job run exactly once', { timeout: 120_000 }, async () => {
    const json = join(folder, 'rows.json')
    const only = ['--only', 'process-10', '--systems', 'millrace,raw,plainjob']
    const { stdout } = await bench('--quick', '--jobs', '1000', ...only, '--json', json)
    expect(stdout).toContain('process-10 against the raw loop')

    const rows = JSON.parse(await readFile(json, 'utf8')) as Row[]
    expect(rows.map(({ system }) => system).sort()).toEqual(['millrace', 'plainjob', 'raw'])
    for (const row of rows) {
      expect(Object.keys(row)).toEqual([
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
        'exact',
      ])
      expect(row.jobs).toBe(1000)
      expect(row.exact).toBe(true)
    }
  })

  test('refuses a flag it does not know, and a scenario it does not have', async () => {
    await expect(bench('--quik')).rejects.toMatchObject({ code: 2 })
    await expect(bench('--only', 'procces')).rejects.toMatchObject({ code: 2 })
  })
})
