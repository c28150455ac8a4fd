/**
 * Backlogs cost nothing: a claim looks at what it claims, not at what waits.
 * @module
 */
import { equal, ok } from '../expect.ts'
import { type Scene, topic } from '../scene.ts'

const SMALL = 500
const LARGE = 25_000
/** A claim that looked at the whole backlog would take 50 times as long; a shared machine may make it a few times. */
const MOST_TIMES_SLOWER = 10

async function fill(scene: Scene, count: number, options: Parameters<Scene['job']>[0]): Promise<void> {
  for (let stored = 0; stored < count; stored += 1_000) {
    await scene.backend.enqueue(scene.jobs(Math.min(1_000, count - stored), options))
  }
}

/** The least time of several claims of 10 jobs, settled again so that they do not pile up. */
async function claimTime(scene: Scene, queue: string): Promise<number> {
  const worker = await scene.worker()
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 15; round += 1) {
    const start = performance.now()
    const jobs = await worker.claim({ from: [queue], limit: 10 })
    least = Math.min(least, performance.now() - start)
    equal(jobs.length, 10, 'jobs claimed')
    await worker.settle(jobs, { kind: 'succeed', result: null })
  }
  return least
}

export const backlogCases = topic('backlog', {
  waiting: {
    title: 'the time of a claim does not grow with the jobs that wait, are delayed, or wait elsewhere',
    async play(scene) {
      await fill(scene, SMALL, { queue: 'small' })
      const small = await claimTime(scene, 'small')
      await fill(scene, LARGE, { queue: 'large' })
      await fill(scene, LARGE / 5, { queue: 'large', delayMs: 900 * scene.unit, priority: 50 })
      const large = await claimTime(scene, 'large')
      // Below a tenth of a millisecond the clock and the machine say more than the backend.
      ok(
        large <= Math.max(small, 0.1) * MOST_TIMES_SLOWER,
        `a claim takes ${small} ms with few and ${large} ms with many`,
      )
    },
  },
  'many-priorities': {
    title: 'a backlog over many priorities comes in order',
    async play(scene) {
      const priorities = Array.from({ length: 2_000 }, (_, at) => ((at * 7_919) % 201) - 100)
      await scene.backend.enqueue(priorities.map((priority) => scene.job({ priority })))
      const worker = await scene.worker()
      const claimed: number[] = []
      for (
        let jobs = await worker.claim({ limit: 300 });
        jobs.length > 0;
        jobs = await worker.claim({ limit: 300 })
      ) {
        claimed.push(...jobs.map((job) => job.priority))
      }
      equal(
        claimed,
        priorities.sort((a, b) => b - a),
        'priorities',
      )
    },
  },
})
