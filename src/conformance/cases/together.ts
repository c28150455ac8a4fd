/**
 * Jobs that were claimed together: what becomes of one says nothing of the others.
 * @module
 */
import type { ClaimedJob } from '../../contract/index.ts'
import { equal } from '../expect.ts'
import { type Scene, topic } from '../scene.ts'

const DONE = { kind: 'succeed', result: null } as const

/** A worker that has started two jobs, which it claimed in one exchange. */
async function started(scene: Scene): Promise<{ first: ClaimedJob; second: ClaimedJob }> {
  await scene.backend.enqueue([scene.job({ id: 'a' }), scene.job({ id: 'b' })])
  const claimed = await (await scene.worker('first')).claim()
  const [first, second] = claimed
  if (first === undefined || second === undefined) throw new Error('Two jobs were to be claimed')
  return { first, second }
}

/** The worker ends, and the second job is all that is taken back from it. */
async function secondIsRescued(scene: Scene): Promise<void> {
  await scene.backend.retire('first')
  const rescued = (await scene.rescue()).map(({ id, worker }) => [id, worker])
  equal(rescued, [['b', 'first']], 'rescued')
  equal((await (await scene.worker('next')).claimOne()).id, 'b', 'claimed again')
}

export const togetherCases = topic('together', {
  'settled-by-another': {
    title: 'one of two is settled in another worker’s exchange, and the other is rescued',
    async play(scene) {
      const { first } = await started(scene)
      equal(await (await scene.worker('other')).settle([first], DONE), [], 'leaseLost')
      await secondIsRescued(scene)
    },
  },
  'settled-twice': {
    title: 'one of two is settled twice, in two exchanges and in one, and the other is rescued',
    async play(scene) {
      const { first } = await started(scene)
      const other = await scene.worker('other')
      equal(await other.settle([first], DONE), [], 'leaseLost')
      equal(await other.settle([first], DONE), ['a'], 'leaseLost, the second time')
      equal(await other.settle([first, first], DONE), ['a', 'a'], 'leaseLost, twice at once')
      await secondIsRescued(scene)
    },
  },
  'given-back': {
    title: 'one of two is given back and claimed by another worker, and the other is rescued',
    async play(scene) {
      const { first } = await started(scene)
      const other = await scene.worker('other')
      equal(await other.settle([first], { kind: 'release' }), [], 'leaseLost')
      equal((await other.claimOne()).id, 'a', 'claimed by the other')
      await secondIsRescued(scene)
    },
  },
})
