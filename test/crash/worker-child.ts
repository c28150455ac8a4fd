/**
 * A worker in a process of its own, made to be killed. Arguments: the file, and how many slots it has.
 * @module
 */
import { makeApp } from './app.ts'

const [file = '', slots = ''] = process.argv.slice(2)
const app = makeApp(file)
const worker = app.worker({ slots: Number(slots), lease: '1s', quarantineAfter: 1000 })
process.once('SIGTERM', () => {
  void app.close().then(() => process.exit(0))
})
await worker.start()
process.stdout.write('ready\n')
