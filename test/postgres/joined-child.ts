/**
 * A producer in a process of its own: it enqueues in a transaction, and commits when it is told to.
 * Arguments: the store's URL, and the database's. Prints `stored`, then the time of the commit.
 * @module
 */
import { once } from 'node:events'
import pg from 'pg'
import { millrace } from '../../src/app/millrace.ts'
import { note } from './joined-task.ts'

const [backend = '', database = ''] = process.argv.slice(2)
const app = millrace({ backend, tasks: [note] })
await app.ready()
const client = new pg.Client(database)
await client.connect()
await client.query('BEGIN')
await app.in(client).enqueue(note, { text: 'joined' })
process.stdout.write('stored\n')
await once(process.stdin, 'data')
await client.query('COMMIT')
process.stdout.write(`${Date.now()}\n`)
await once(process.stdin, 'end')
await client.end()
await app.close()
