import { spawnSync } from 'node:child_process'
import { renameSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { loadBackend, parseStoreUrl } from '../../src/app/load-backend.ts'
import { openDatabase, sqlite } from '../../src/backends/sqlite/index.ts'
import { newFile, newJob, open } from './store.ts'

test('the URL of a store tells all of its options, so that its other threads open it in the same way', async () => {
  const file = newFile()
  const options = { binding: 'libsql', synchronous: 'normal', busyTimeout: '3s', pollInterval: 70 } as const
  const { url } = sqlite({ file, ...options })
  expect(parseStoreUrl(url ?? '')).toEqual({
    scheme: 'sqlite',
    rest: file,
    options: { binding: 'libsql', synchronous: 'normal', busyTimeout: '3000ms', pollInterval: '70ms' },
  })
  const same = await loadBackend(url ?? '')
  onTestFinished(() => same.close())
  expect(same.url).toBe(url)
  await same.migrate()
  expect((await same.info()).facts).toMatchObject({ binding: 'libsql', synchronous: 'normal' })
})

test('a file that is moved away while it is in use: nothing is stored where nobody looks', async () => {
  const file = newFile()
  const backend = open(file)
  await backend.enqueue([newJob()])
  renameSync(file, `${file}.old`)
  for (const suffix of ['-wal', '-shm']) renameSync(file + suffix, `${file}.old${suffix}`)
  const job = newJob()
  await expect(backend.enqueue([job])).rejects.toMatchObject({ code: 'store-unavailable', retriable: true })
  await backend.enqueue([job])
  const other = open(file)
  expect((await other.records?.get([job.id]))?.[0]).toMatchObject({ id: job.id, state: 'pending' })
})

test('what was started inside a transaction may open another one later', async () => {
  const file = newFile()
  const backend = open(file)
  const database = openDatabase(file)
  onTestFinished(() => database.close())
  const facet = backend.transaction
  let later: Promise<unknown> = Promise.resolve()
  await facet?.run(database, async (tx) => {
    await tx.enqueue([newJob()])
    await expect(facet.run(database, () => undefined)).rejects.toMatchObject({ code: 'invalid-option' })
    later = sleep(20).then(() => facet.run(database, (inner) => inner.enqueue([newJob()])))
  })
  await later
  expect(await backend.records?.counts()).toEqual([{ queue: 'default', state: 'pending', count: 2 }])
})

test('a producer that stored a lot and did not close ends all the same', () => {
  const script = `
    import { millrace, task } from 'millrace'
    const note = task('note', { run: () => undefined })
    const app = millrace({ backend: ${JSON.stringify(`sqlite:${newFile()}?synchronous=normal`)}, tasks: [note] })
    const inputs = Array.from({ length: 1000 }, () => 'x'.repeat(200))
    for (let n = 0; n < 40; n++) await app.enqueueMany(note, inputs)
    console.log('stored')`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  expect(child.stdout + child.stderr).toBe('stored\n')
  expect(child.status).toBe(0)
})
