/**
 * Temporary folders and projects.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import type { NewJob } from '../../src/contract/index.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A folder that is gone after the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Writes files into a folder. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** A config with tasks of every temper. */
export const CONFIG = `
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { millrace, task } from 'millrace'

const greet = task('greet', {
  async run(input, job) {
    appendFileSync('ran.txt', job.id + '\\n')
    job.log.info('greeting', { name: input?.name ?? null })
    return { hello: input?.name ?? 'nobody' }
  },
})
const fail = task('fail', { queue: 'bad', retry: false, run() { throw new Error('it broke', { cause: new Error('the reason') }) } })
const slow = task('slow', { queue: 'slow', async run(input) { await sleep(input.ms); return 'rested' } })

export default millrace({ backend: process.env.STORE ?? 'sqlite:jobs.db', tasks: [greet, fail, slow] })
`

/** A folder with a config and the package to import. */
export function makeProject(
  files: Readonly<Record<string, string>> = { 'millrace.config.mjs': CONFIG },
): string {
  const folder = makeFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules', 'millrace'), 'dir')
  write(folder, files)
  return folder
}

/** A job as a producer hands it over. */
export function newJob(id: string, more: Partial<NewJob> = {}): NewJob {
  return {
    id,
    task: 'greet',
    queue: 'default',
    priority: 0,
    payload: '{"name":"Ada"}',
    version: 1,
    maxAttempts: 3,
    delayMs: 0,
    dueAt: null,
    expiresInMs: null,
    expiresAt: null,
    timeoutMs: null,
    retry: null,
    tags: [],
    meta: null,
    unique: null,
    ...more,
  }
}

/** A SQLite store with these jobs; answers its URL. */
export async function makeStore(folder: string, jobs: readonly NewJob[], name = 'jobs.db'): Promise<string> {
  const backend = sqlite(join(folder, name))
  await backend.migrate()
  await backend.enqueue(jobs)
  await backend.close()
  return `sqlite:${join(folder, name)}`
}
