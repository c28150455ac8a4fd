/**
 * Enqueues one job, with its steps on standard output.
 * @module
 */
import { millrace } from '../../src/app/millrace.ts'
import { task } from '../../src/engine/task.ts'
import { logEvents } from '../../src/observe/index.ts'

const app = millrace({ backend: 'memory:', tasks: [task('greet', { run() {} })] })
await logEvents(app)
for (const one of app.tasks) await app.enqueue(one, undefined)
await app.close()
