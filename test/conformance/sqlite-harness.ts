/**
 * The SQLite backend under test: real files, a clock that is moved by hand, and users' own connections.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type BindingName, loadBinding } from '../../src/backends/sqlite/binding.ts'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import type { Harness } from '../../src/conformance/index.ts'
import type { Backend } from '../../src/contract/index.ts'
import { ManualClock } from '../../src/kit/clock.ts'

/** A harness for one binding. */
export function sqliteHarness(binding: BindingName): Harness {
  const clock = new ManualClock()
  const files = new Map<Backend, string>()
  const open = (file: string): Backend => {
    const backend = sqlite({ file, binding, clock, synchronous: 'normal' })
    files.set(backend, file)
    return backend
  }
  const fileOf = (backend: Backend): string => {
    const file = files.get(backend)
    if (file === undefined) throw new Error('This backend was not opened here')
    return file
  }
  return {
    name: `sqlite on ${binding}`,
    open: async () => open(join(mkdtempSync(join(tmpdir(), 'millrace-test-')), 'jobs.db')),
    reopen: async (backend) => open(fileOf(backend)),
    dispose: async (backend) => {
      const file = fileOf(backend)
      files.delete(backend)
      await backend.close()
      if (![...files.values()].includes(file)) rmSync(dirname(file), { recursive: true, force: true })
    },
    clock: {
      advance: (ms) => clock.advance(ms),
      jump: (ms) => clock.set(clock.now() + ms),
    },
    transaction: async (backend) => {
      const connection = loadBinding(binding).open(fileOf(backend))
      connection.exec('CREATE TABLE IF NOT EXISTS notes (text TEXT NOT NULL)')
      return {
        connection,
        begin: () => connection.exec('BEGIN IMMEDIATE'),
        commit: () => connection.exec('COMMIT'),
        rollback: () => connection.exec('ROLLBACK'),
        write: (text) => {
          connection.prepare('INSERT INTO notes (text) VALUES (?)').run(text)
        },
        read: () =>
          (connection.prepare('SELECT text FROM notes').all() as { text: string }[]).map(({ text }) => text),
        close: () => connection.close(),
      }
    },
  }
}
