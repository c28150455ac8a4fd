/**
 * A shop on one SQLite file: an order and the job that follows it commit together, and so do the rows that a
 * handler writes and the success of its job.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { millrace, task } from 'millrace'
import { openDatabase } from 'millrace/sqlite'
import { z } from 'zod'

const folder = mkdtempSync(join(tmpdir(), 'millrace-shop-'))
const file = join(folder, 'shop.db')

const db = openDatabase(file)
db.exec(`
  CREATE TABLE item (id INTEGER PRIMARY KEY, stock INTEGER NOT NULL CHECK (stock >= 0));
  CREATE TABLE purchase (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, invoice TEXT);
  INSERT INTO item VALUES (1, 2);
`)
const take = db.prepare('UPDATE item SET stock = stock - 1 WHERE id = ?')
const insert = db.prepare('INSERT INTO purchase (id, item) VALUES (?, ?)')
const setInvoice = db.prepare("UPDATE purchase SET invoice = coalesce(invoice || ', ', '') || ? WHERE id = ?")

const sendReceipt = task('send-receipt', {
  run: ({ invoice }: { invoice: string }) => {
    console.log(`receipt for ${invoice}`)
  },
})

const writeInvoice = task('write-invoice', {
  input: z.object({ purchase: z.number() }),
  retry: { attempts: 3, backoff: 'fixed', delay: 50 },
  // The row, the job that follows and this job's own success commit together.
  run: ({ purchase }, job) =>
    job.transaction(db, async (tx) => {
      const invoice = `invoice ${purchase}`
      setInvoice.run(invoice, purchase)
      await tx.enqueue(sendReceipt, { invoice })
      // The first attempt fails after it has written: what it wrote and enqueued vanishes with its transaction.
      if (job.attempt === 1) throw new Error('the printer is out of paper')
      return { invoice }
    }),
})

const app = millrace({ backend: `sqlite:${file}`, tasks: [writeInvoice, sendReceipt] })

/** Outside handlers it is the app's: takes the item, notes the purchase and enqueues the job, all or nothing. */
function buy(purchase: number, item: number): Promise<void> {
  return app.transaction(db, async (tx) => {
    insert.run(purchase, item)
    await tx.enqueue(writeInvoice, { purchase })
    take.run(item) // the third one violates the CHECK
  })
}

const worker = app.worker()
try {
  for (const purchase of [1, 2, 3]) {
    const outcome = await buy(purchase, 1).then(
      () => 'bought',
      (error: Error) => `refused (${error.message})`,
    )
    console.log(`purchase ${purchase}: ${outcome}`)
  }
  const { jobs } = await app.list({ tasks: ['write-invoice'] })
  console.log(`jobs: ${jobs.length}`)

  await worker.start()
  for (const job of jobs) console.log(await app.result(job.id, { timeout: '20s' }))
  await worker.idle()
  console.log(db.prepare('SELECT id, invoice FROM purchase ORDER BY id').all())
} finally {
  await app.close()
  db.close()
  rmSync(folder, { recursive: true, force: true })
}
