/**
 * Runs the benchmark's command as a user does.
 * @module
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Row } from '../../bench/row.ts'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url)

/** Runs it; rejects where it ends with another code than 0. */
export function bench(...flags: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...flags], { cwd: root })
}

/** Runs it in the smallest sizes; answers what it printed and the rows it wrote. */
export async function benchRows(...flags: string[]): Promise<{ stdout: string; rows: Row[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-test-'))
  try {
    const json = join(folder, 'rows.json')
    const { stdout } = await bench('--quick', '--jobs', '1000', ...flags, '--json', json)
    return { stdout, rows: JSON.parse(await readFile(json, 'utf8')) as Row[] }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
