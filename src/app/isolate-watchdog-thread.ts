/**
 * Entry of a small thread inside each child process. It ends the process when the worker is gone or the
 * memory limit is passed, also while a handler blocks the event loop and could do neither.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads'
import { MEMORY_SIGNAL } from './isolate-protocol.ts'

/** What the watchdog is told at its start. */
export interface WatchdogOrders {
  readonly parentPid: number
}

const LOOK_MS = 250
const { parentPid } = workerData as WatchdogOrders
let mostBytes = Number.POSITIVE_INFINITY

function look(): void {
  if (orphaned()) process.kill(process.pid, 'SIGKILL')
  if (process.memoryUsage.rss() <= mostBytes) return
  // Windows knows no such signal; there the end reads as a plain kill.
  process.kill(process.pid, process.platform === 'win32' ? 'SIGKILL' : MEMORY_SIGNAL)
}

/** On most systems an orphan gets a new parent; on Windows the number stays and the parent is missing. */
function orphaned(): boolean {
  if (process.ppid !== parentPid) return true
  try {
    process.kill(parentPid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

parentPort?.on('message', (limitBytes: number) => {
  mostBytes = limitBytes
})
setInterval(look, LOOK_MS)
