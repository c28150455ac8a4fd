/**
 * A job as the engine would hand it to an isolated handler, that remembers what it was asked.
 * @module
 */
import type { Job, JobMeta } from '../../src/contract/index.ts'

/** What a job was told. */
interface Line {
  readonly level: string
  readonly message: string
  readonly fields: JobMeta | undefined
}

/** A job for tests. */
export interface TestJob extends Job {
  readonly lines: Line[]
  readonly progressed: [number, string | undefined][]
  /** What `once` remembers: a key that is here without a value was begun and not finished. */
  readonly effects: Map<string, { value?: unknown }>
  abort(reason: unknown): void
  /** Resolves with the first line of this message, past or future. */
  said(message: string): Promise<Line>
}

let made = 0

/** Makes a job whose facts are fixed but for its id. */
export function testJob(task: string, changes: Partial<Job> = {}): TestJob {
  made += 1
  const controller = new AbortController()
  const lines: Line[] = []
  const waiters = new Set<() => void>()
  const write = (level: string) => (message: string, fields?: JobMeta) => {
    lines.push({ level, message, fields })
    for (const waiter of waiters) waiter()
  }
  const progressed: [number, string | undefined][] = []
  const effects = new Map<string, { value?: unknown }>()
  return {
    id: `job-${made}`,
    task,
    queue: 'default',
    attempt: 1,
    maxAttempts: 5,
    priority: 0,
    tags: ['blue'],
    meta: { tenant: 7 },
    createdAt: new Date(1_000),
    workerId: 'worker-1',
    idempotencyKey: `key-${made}`,
    signal: controller.signal,
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    progress: (percent, note) => void progressed.push([percent, note]),
    once: async <T>(key: string, fn: () => T | Promise<T>) => {
      const known = effects.get(key)
      if (known !== undefined && 'value' in known) return known.value as T
      effects.set(key, {})
      try {
        const value = await fn()
        effects.set(key, { value })
        return value
      } catch (error) {
        effects.delete(key)
        throw error
      }
    },
    snooze: () => {
      throw new Error('the child snoozes by itself')
    },
    in: () => {
      throw new Error('not in a child')
    },
    transaction: () => Promise.reject(new Error('not in a child')),
    enqueue: () => Promise.reject(new Error('not in a child')),
    enqueueMany: () => Promise.reject(new Error('not in a child')),
    ...changes,
    lines,
    progressed,
    effects,
    abort: (reason) => controller.abort(reason),
    said: (message) =>
      new Promise((resolve) => {
        const look = () => {
          const line = lines.find((said) => said.message === message)
          if (line === undefined) return
          waiters.delete(look)
          resolve(line)
        }
        waiters.add(look)
        look()
      }),
  }
}
