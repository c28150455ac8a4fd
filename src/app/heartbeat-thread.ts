/**
 * The heartbeat thread: opens the store by its URL and beats until it is told to stop. Started by path, see
 * `heart-thread.ts`.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads'
import { timerHeart } from '../engine/heart.ts'
import { sleep } from '../kit/sleep.ts'
import {
  type FromHeartThread,
  HEART_CELL,
  type HeartThreadData,
  type ToHeartThread,
} from './heart-protocol.ts'
import { loadBackend } from './load-backend.ts'

const { url, cells, info, leaseMs, everyMs } = workerData as HeartThreadData

const port = parentPort
if (port === null) throw new Error('heartbeat-thread is started by the worker, not by itself.')

const say = (message: FromHeartThread): void => port.postMessage(message)
const stop = new AbortController()
port.on('message', (message: ToHeartThread) => {
  if (message.type === 'stop') stop.abort()
})

function failed(error: unknown, retryInMs: number): void {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
  say({ type: 'failed', name, message, code, retryInMs })
}

const backend = await loadBackend(url)
const heart = timerHeart({
  backend,
  leaseMs,
  everyMs,
  describe: () => ({
    ...info,
    busy: cells[HEART_CELL.busy] ?? 0,
    quiet: cells[HEART_CELL.quiet] === 1,
    memoryBytes: process.memoryUsage.rss(),
  }),
  onLeaseLost: () => say({ type: 'lease-lost' }),
  onError: failed,
  onRecovered: () => say({ type: 'recovered' }),
})

let failures = 0
while (!stop.signal.aborted) {
  try {
    await heart.start()
    if (failures > 0) say({ type: 'recovered' })
    say({ type: 'ready' })
    break
  } catch (error) {
    failures += 1
    failed(error, everyMs)
    await sleep(everyMs, stop.signal)
  }
}

// The heart's own timer does not keep a thread alive; the port does, until it is closed.
await new Promise<void>((resolve) => {
  if (stop.signal.aborted) resolve()
  else stop.signal.addEventListener('abort', () => resolve(), { once: true })
})
await heart.stop()
await backend.close()
port.close()
