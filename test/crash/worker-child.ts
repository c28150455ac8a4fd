/**
 * A worker in a process of its own, made to be killed. Argument: the file.
 * @module
 */
import { makeApp } from './app.ts'

const [file = ''] = process.argv.slice(2)
const app = makeApp(file)
const worker = app.worker({ slots: 20, lease: '1s', quarantineAfter: 1000 })
process.once('SIGTERM', () => {
  void app.close().then(() => process.exit(0))
})
await worker.start()
process.stdout.write('ready\n')
