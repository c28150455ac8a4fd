import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/backends/sqlite/index.ts'
import { newFile, newJob, open } from './store.ts'

/** A store whose file somebody else has locked, and a connection of the application's own. */
async function locked(binding: 'better-sqlite3' | 'libsql') {
  const file = newFile()
  const backend = open(file, { binding })
  await backend.migrate()
  const mine = openDatabase(file, { binding })
  const other = openDatabase(file, { binding })
  onTestFinished(() => {
    mine.close()
    other.close()
  })
  other.exec('BEGIN IMMEDIATE')
  return { backend, mine, other }
}

const timeoutOf = (database: ReturnType<typeof openDatabase>) => database.prepare('PRAGMA busy_timeout').get()

test.each(['better-sqlite3', 'libsql'] as const)(
  'a transaction on a connection of %s waits for the lock, and the event loop goes on',
  async (binding) => {
    const { backend, mine, other } = await locked(binding)
    const run = backend.transaction?.run(mine, (tx) => tx.enqueue([newJob()]))
    // Were the event loop blocked, nobody could let go of the lock.
    setTimeout(() => other.exec('COMMIT'), 100)
    await expect(run).resolves.toMatchObject([{ outcome: 'created' }])
    expect(timeoutOf(mine)).toEqual({ timeout: 5000 })
  },
)

test('it waits no longer than the connection’s own busy timeout', async () => {
  const { backend, mine, other } = await locked('better-sqlite3')
  mine.exec('PRAGMA busy_timeout = 50')
  const run = backend.transaction?.run(mine, (tx) => tx.enqueue([newJob()]))
  await expect(run).rejects.toMatchObject({ code: 'store-busy', retriable: true })
  expect(timeoutOf(mine)).toEqual({ timeout: 50 })
  other.exec('COMMIT')
})
