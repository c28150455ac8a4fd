/**
 * Real SQLite files for tests, removed afterwards.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type SqliteOptions, sqlite } from '../../src/backends/sqlite/index.ts'
import type { Backend, NewJob } from '../../src/contract/index.ts'
import { newId } from '../../src/kit/ids.ts'

/** A fresh folder that is removed when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'millrace-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The path of a database that is not there yet. */
export const newFile = (): string => join(folder(), 'jobs.db')

/** A store that is closed when the test ends. */
export function open(file: string, options: Partial<SqliteOptions> = {}): Backend {
  const backend = sqlite({ file, synchronous: 'normal', ...options })
  onTestFinished(() => backend.close())
  return backend
}

/** A job with nothing special about it. */
export function newJob(parts: Partial<NewJob> = {}): NewJob {
  return {
    id: newId(),
    task: 'task',
    queue: 'default',
    priority: 0,
    payload: '{}',
    version: 1,
    maxAttempts: 5,
    delayMs: 0,
    dueAt: null,
    expiresInMs: null,
    expiresAt: null,
    timeoutMs: null,
    retry: null,
    tags: [],
    meta: null,
    unique: null,
    ...parts,
  }
}
