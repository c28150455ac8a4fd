/**
 * Worker processes that tests start, kill and count.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const script = fileURLToPath(new URL('./worker-child.ts', import.meta.url))

/** Starts a worker process and waits until it claims. It is killed when the test ends. */
export async function startWorker(file: string, slots = 20): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, file, String(slots)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return child
}

/** Kills without warning, and waits until it is dead. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const dead = once(child, 'exit')
  child.kill('SIGKILL')
  await dead
}

/** How often each job appears in the journal with this word. */
export function journal(file: string, what: 'started' | 'succeeded'): Map<string, number> {
  const times = new Map<string, number>()
  for (const line of readFileSync(`${file}.journal`, 'utf8').split('\n')) {
    const [word, id] = line.split(' ')
    if (word === what && id !== undefined) times.set(id, (times.get(id) ?? 0) + 1)
  }
  return times
}
