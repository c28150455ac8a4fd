/**
 * The thread behind `Checkpointer`: moves what is in the `-wal` file into the database, on a connection of its own.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads'
import { type BindingName, loadBinding } from './binding.ts'

const { file, binding } = workerData as { file: string; binding: BindingName | undefined }
const database = loadBinding(binding).open(file)
database.exec('PRAGMA busy_timeout = 0')
const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')

parentPort?.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'checkpoint') {
    checkpoint.all()
    parentPort?.postMessage('done')
  } else {
    database.close()
    parentPort?.close()
  }
})
