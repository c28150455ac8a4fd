import { millrace, task } from 'millrace'
import { sqlite } from 'millrace/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { newFile } from '../sqlite/store.ts'

const HOUR = 3_600_000

/** The machine's clock, which an administrator sets. */
class SetClock {
  offset = 0
  now = (): number => Date.now() + this.offset
  monotonic = (): number => performance.now()
}

test.each([
  ['forwards', HOUR],
  ['back', -HOUR],
])(
  'the clock is set %s by an hour while jobs run: each runs once, and new ones start at once',
  async (_, jump) => {
    const clock = new SetClock()
    const runs = new Map<number, number>()
    const gates: (() => void)[] = []
    const wait = task('wait', {
      async run(n: number) {
        runs.set(n, (runs.get(n) ?? 0) + 1)
        await new Promise<void>((resolve) => gates.push(resolve))
      },
    })
    const quick = task('quick', { run: () => 'done' })
    // Without a URL no thread opens the store, so that the heartbeat too goes by the clock that is set.
    const backend = { ...sqlite({ file: newFile(), clock, synchronous: 'normal' }), url: null }
    const app = millrace({ backend, tasks: [wait, quick], clock })
    onTestFinished(() => app.close())
    const rescued: string[] = []
    app.events.on('job:rescued', ({ id }) => rescued.push(id))
    const workers = [app.worker({ slots: 4, lease: '1s' }), app.worker({ slots: 4, lease: '1s' })]
    await Promise.all(workers.map((worker) => worker.start()))
    const running = await app.enqueueMany(wait, [1, 2, 3, 4])
    while (gates.length < 4) await new Promise((resolve) => setTimeout(resolve, 5))

    clock.offset = jump
    const after = await app.enqueue(quick, undefined)
    expect(await app.result(after, { timeout: '10s' })).toBe('done')
    // Long enough for every worker to look for dead ones several times.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    for (const open of gates) open()
    await Promise.all(running.map((receipt) => app.result(receipt, { timeout: '10s' })))
    expect(rescued).toEqual([])
    expect([...runs.values()]).toEqual([1, 1, 1, 1])
  },
)
