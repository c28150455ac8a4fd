/**
 * The state machine: every change of state that can be caused is one of the table.
 * @module
 */
import { canTransition, JOB_STATES, type JobState, type JobTransition } from '../../contract/index.ts'
import { equal, ok } from '../expect.ts'
import { type Scene, type Script, topic } from '../scene.ts'
import { oneOfEachState } from './changes.ts'
import { BOOM } from './settle.ts'

/** Brings a job into every state, does something to all of them, and looks where they went. */
function change(
  title: string,
  may: readonly JobTransition[],
  cause: (scene: Scene) => Promise<unknown>,
): Script {
  return {
    title: `${title}: no change of state but those of the table`,
    facets: ['records'],
    async play(scene) {
      await oneOfEachState(scene)
      await cause(scene)
      const states = await scene.states(JOB_STATES)
      for (const [at, from] of JOB_STATES.entries()) demand(from, may, states[at] ?? null)
    },
  }
}

function demand(from: JobState, may: readonly JobTransition[], to: JobState | null): void {
  if (to === from) return
  ok(to !== null && reachable(from, may, to), `${from} -> ${to} is reached by ${may.join(', ') || 'nothing'}`)
}

/** True where a chain of the transitions leads there, such as due and then claim. */
function reachable(from: JobState, may: readonly JobTransition[], to: JobState, depth = 3): boolean {
  if (from === to) return true
  if (depth === 0) return false
  return JOB_STATES.some(
    (next) => may.some((by) => canTransition(from, by, next)) && reachable(next, may, to, depth - 1),
  )
}

const ALL: readonly string[] = JOB_STATES

export const transitionCases = topic('transition', {
  time: change('time passes', ['due'], (scene) => scene.pass(2)),
  claim: change('a worker claims', ['due', 'claim'], async (scene) =>
    (await scene.worker()).claim({ from: ALL }),
  ),
  rescue: change('a worker dies', ['rescue'], async (scene) => {
    await scene.backend.retire('stage')
    await scene.rescue()
  }),
  quarantine: change('a worker dies once too often', ['quarantine'], async (scene) => {
    await scene.backend.retire('stage')
    await scene.rescue(1)
  }),
  cancel: change('everything is cancelled', ['cancel'], (scene) =>
    scene.facet('records').cancel(ALL, 'requested'),
  ),
  requeue: change('everything is requeued', ['requeue'], (scene) => scene.facet('records').requeue(ALL)),
  hold: change('everything is held', ['hold'], (scene) => scene.facet('records').hold(ALL)),
  reschedule: change('everything is rescheduled', ['reschedule'], async (scene) =>
    scene.facet('records').reschedule(ALL, (await scene.now()) + scene.unit),
  ),
  enqueue: change('everything is enqueued again', [], (scene) =>
    scene.backend.enqueue(ALL.map((id) => scene.job({ id }))),
  ),
  restore: change('everything is restored again', [], async (scene) => {
    const found = await scene.facet('records').export(ALL)
    await scene.facet('records').restore(found.filter((stored) => stored !== null))
  }),
  settle: {
    title: 'each outcome leads from active where the table says',
    facets: ['records'],
    async play(scene) {
      const worker = await scene.worker()
      const outcomes = [
        [{ kind: 'succeed', result: null }, 'succeeded'],
        [{ kind: 'retry', delayMs: 9 * scene.unit, error: BOOM }, 'retrying'],
        [{ kind: 'fail', reason: 'invalid-input', error: BOOM, counts: false }, 'failed'],
        [{ kind: 'cancel', reason: 'requested', error: null }, 'cancelled'],
        [{ kind: 'snooze', delayMs: 9 * scene.unit }, 'scheduled'],
        [{ kind: 'release' }, 'pending'],
      ] as const
      for (const [outcome, state] of outcomes) {
        const id = await scene.add({ queue: outcome.kind })
        await worker.settle([await worker.claimOne([outcome.kind])], outcome)
        equal(await scene.states([id]), [state], outcome.kind)
        ok(canTransition('active', outcome.kind, state), `active -${outcome.kind}-> ${state} is in the table`)
      }
    },
  },
})
