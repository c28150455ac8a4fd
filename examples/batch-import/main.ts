/**
 * Imports ten thousand rows: one job for each, a hundred of them in one call of the handler, with progress. A
 * row that is wrong fails alone, and starting the import twice imports once.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Discard, millrace, task } from 'millrace'
import { openDatabase } from 'millrace/sqlite'
import { z } from 'zod'

const ROWS = 10_000
const folder = mkdtempSync(join(tmpdir(), 'millrace-import-'))

const db = openDatabase(join(folder, 'customers.db'))
db.exec('CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL)')
// An attempt may run twice, so storing twice has to be harmless.
const insert = db.prepare('INSERT INTO customer (id, name) VALUES (?, ?) ON CONFLICT (id) DO NOTHING')

const importCustomer = task('import-customer', {
  input: z.object({ id: z.number().int(), name: z.string() }),
  batchSize: 100,
  runMany: (items) => {
    db.exec('BEGIN')
    const results = items.map(({ input }) => {
      if (input.name === '') return { ok: false as const, error: new Discard('a customer without a name') }
      insert.run(input.id, input.name)
      return { ok: true as const, output: input.id }
    })
    db.exec('COMMIT')
    return results
  },
})

const app = millrace({
  backend: `sqlite:${join(folder, 'jobs.db')}`,
  tasks: [importCustomer],
  worker: { slots: 4 },
})

/** Every row has an id made from the import's and its own, so that it is stored once, whoever starts the import again. */
async function startImport(importId: string): Promise<number> {
  const rows = Array.from({ length: ROWS }, (_, id) => ({
    id,
    name: id % 2_500 === 0 ? '' : `Customer ${id}`,
  }))
  const receipts = await app.enqueueMany(importCustomer, rows, ({ id }) => ({
    id: `${importId}:${id}`,
    tags: [importId],
  }))
  return receipts.filter(({ outcome }) => outcome === 'created').length
}

/** How many are done, from the store's own counts: it costs the same however many jobs there are. */
async function progress(): Promise<{ done: number; failed: number }> {
  const counts = await app.queues.counts()
  const inState = (wanted: string): number =>
    counts.filter(({ state }) => state === wanted).reduce((sum, { count }) => sum + count, 0)
  return { done: inState('succeeded') + inState('failed'), failed: inState('failed') }
}

try {
  console.log(`enqueued: ${await startImport('customers-1')}`)
  console.log(`enqueued by the second start: ${await startImport('customers-1')}`)

  await app.worker().start()
  let now = await progress()
  while (now.done < ROWS) {
    await sleep(100)
    now = await progress()
    console.log(`${Math.floor((now.done / ROWS) * 100)} %`)
  }
  const { n } = db.prepare('SELECT count(*) AS n FROM customer').get() as { n: number }
  console.log(`stored: ${n}, refused: ${now.failed}`)
} finally {
  await app.close()
  db.close()
  rmSync(folder, { recursive: true, force: true })
}
