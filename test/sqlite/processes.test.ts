import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import type { WakeTopic } from '../../src/contract/index.ts'
import { newFile, newJob, open } from './store.ts'

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Runs a script of this folder in a process of its own; answers what it printed. */
function run(name: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', script(name), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.on('data', (piece: Buffer) => {
      printed += piece.toString()
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`${name} ended with ${code}`)),
    )
  })
}

describe('several processes on one file', () => {
  test('claim every job exactly once between them', async () => {
    const file = newFile()
    const backend = open(file)
    const jobs = Array.from({ length: 6000 }, () => newJob())
    await backend.enqueue(jobs)
    const printed = await Promise.all(
      ['7', '50', '250'].map((size, index) => run('./claimer-child.ts', file, `w${index}`, size)),
    )
    const ran = printed.flatMap((text) => JSON.parse(text) as string[])
    expect(ran.sort()).toEqual(jobs.map(({ id }) => id).sort())
    expect(await backend.records?.counts()).toEqual([
      { queue: 'default', state: 'succeeded', count: jobs.length },
    ])
  })

  test('create the schema together, once', async () => {
    const file = newFile()
    const printed = await Promise.all(['w0', 'w1', 'w2'].map((name) => run('./claimer-child.ts', file, name)))
    expect(printed).toEqual(['[]', '[]', '[]'])
    expect((await open(file).info()).schema?.found).toBeGreaterThan(0)
  })

  test('wake one another through the file alone, and through the poll alone', async () => {
    for (const pollInterval of ['10 min', '20 ms']) {
      const file = newFile()
      const waiting = open(file, { pollInterval })
      const other = sqlite({ file, synchronous: 'normal' })
      await other.migrate()
      const woken = new Promise<WakeTopic>((resolve) => {
        void waiting.subscribe({ queues: ['default'] }, resolve)
      })
      await waiting.migrate()
      await other.enqueue([newJob()])
      expect(await woken).toBe('jobs')
      await other.close()
    }
  })
})
