/**
 * The worker's process: what `millrace work` does, in a few lines of your own.
 * @module
 */
import app from './millrace.config.ts'

app.events.on('job:failed', ({ id, task, error }) => console.error(`${task} ${id} failed: ${error.message}`))
process.once('SIGTERM', () => void app.close())

await app.worker({ slots: 20 }).start()
console.log(`worker ${process.pid} is ready`)
