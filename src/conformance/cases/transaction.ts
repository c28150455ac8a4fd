/**
 * Enqueue and settle inside the user's own transaction.
 * @module
 */
import type { StoreTransaction } from '../../contract/index.ts'
import { Bell } from '../bell.ts'
import { equal, rejects } from '../expect.ts'
import type { UserConnection } from '../harness.ts'
import { type Scene, type Script, topic } from '../scene.ts'

/** Opens the user's connection beside the store, and closes it. */
function inside(title: string, play: (scene: Scene, user: UserConnection) => Promise<void>): Script {
  return {
    title,
    facets: ['transaction'],
    needs: ['transaction'],
    async play(scene) {
      const user = await scene.harness.transaction?.(scene.backend)
      if (user === undefined) return
      try {
        await play(scene, user)
      } finally {
        await user.close()
      }
    },
  }
}

class Oops extends Error {}

async function fails(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (error instanceof Oops) return true
    throw error
  }
}

export const transactionCases = topic('transaction', {
  commit: inside(
    'a job enqueued in a transaction is there with the user’s own rows, once it commits',
    async (scene, user) => {
      const worker = await scene.worker()
      await user.begin()
      const tx = scene.facet('transaction').join(user.connection)
      equal(await tx.enqueue([scene.job({ id: 'a' })]), [{ id: 'a', outcome: 'created' }], 'receipt')
      await user.write('mine')
      await user.commit()
      equal(await user.read(), ['mine'], 'the user’s rows')
      equal(
        (await worker.claim()).map((job) => job.id),
        ['a'],
        'jobs',
      )
    },
  ),
  rollback: inside('a rollback takes the job along', async (scene, user) => {
    await user.begin()
    await scene
      .facet('transaction')
      .join(user.connection)
      .enqueue([scene.job({ id: 'a' })])
    await user.write('mine')
    await user.rollback()
    equal(await user.read(), [], 'the user’s rows')
    equal(await (await scene.worker()).claim(), [], 'jobs')
    equal((await scene.enqueue({ id: 'a' })).outcome, 'created', 'the id is free')
  }),
  settle: inside('a settlement commits or vanishes with the transaction', async (scene, user) => {
    await scene.backend.enqueue([scene.job({ id: 'a' }), scene.job({ id: 'b' })])
    const worker = await scene.worker()
    const [a, b] = await worker.claim()
    const settle = async (job: typeof a, end: 'commit' | 'rollback') => {
      await user.begin()
      const tx = scene.facet('transaction').join(user.connection)
      const done = job === undefined ? [] : [{ job, outcome: { kind: 'succeed', result: '1' } as const }]
      equal(await tx.settle(done), [], 'leaseLost')
      await user.write(end)
      await user[end]()
    }
    await settle(a, 'rollback')
    await settle(b, 'commit')
    equal(await user.read(), ['commit'], 'the user’s rows')
    equal(
      await worker.settle(a === undefined ? [] : [a], { kind: 'release' }),
      [],
      'the rolled back one still runs',
    )
    equal(
      await worker.settle(b === undefined ? [] : [b], { kind: 'release' }),
      ['b'],
      'the committed one is over',
    )
  }),
  fenced: inside('an old attempt is told so inside the transaction too', async (scene, user) => {
    await scene.add({ id: 'a' })
    const zombie = await scene.worker('zombie')
    const old = await zombie.claimOne()
    await scene.backend.retire('zombie')
    await scene.rescue()
    await user.begin()
    const tx = scene.facet('transaction').join(user.connection)
    equal(await tx.settle([{ job: old, outcome: { kind: 'succeed', result: null } }]), ['a'], 'leaseLost')
    await user.commit()
    equal((await (await scene.worker()).claimOne()).id, 'a', 'job')
  }),
  run: inside('run commits when the work returns and rolls back when it throws', async (scene, user) => {
    const facet = scene.facet('transaction')
    const work = async (tx: StoreTransaction, id: string) => {
      await tx.enqueue([scene.job({ id })])
      await user.write(id)
      return id
    }
    equal(await facet.run(user.connection, (tx) => work(tx, 'kept')), 'kept', 'answer')
    const threw = await fails(() =>
      facet.run(user.connection, async (tx) => {
        await work(tx, 'lost')
        throw new Oops('rolled back')
      }),
    )
    equal(threw, true, 'the error comes through')
    equal(await user.read(), ['kept'], 'the user’s rows')
    equal(
      (await (await scene.worker()).claim()).map((job) => job.id),
      ['kept'],
      'jobs',
    )
  }),
  deduplicated: inside('ids and keys are honoured inside a transaction', async (scene, user) => {
    const unique = { key: 'k', forMs: null, states: ['pending'], conflict: 'skip' } as const
    await scene.add({ id: 'a', ...(scene.backend.unique === undefined ? {} : { unique }) })
    await user.begin()
    const tx = scene.facet('transaction').join(user.connection)
    equal(await tx.enqueue([scene.job({ id: 'a' })]), [{ id: 'a', outcome: 'deduplicated' }], 'same id')
    if (scene.backend.unique) {
      equal(await tx.enqueue([scene.job({ unique })]), [{ id: 'a', outcome: 'deduplicated' }], 'same key')
    }
    await user.commit()
    equal(
      (await (await scene.worker()).claim()).map((job) => job.id),
      ['a'],
      'jobs',
    )
  }),
  wake: inside('after committed() workers are woken', async (scene, user) => {
    const bell = await Bell.hang(scene.backend, { queues: ['default'] })
    await bell.ringsFor('jobs', 'a committed transaction', async () => {
      await user.begin()
      await scene.facet('transaction').join(user.connection).enqueue([scene.job()])
      await user.commit()
      scene.facet('transaction').committed()
    })
    await bell.remove()
  }),
  'wrong-connection': inside('what is no connection of this store is refused', async (scene) => {
    for (const wrong of [null, undefined, 7, 'sqlite', {}, () => {}]) {
      await rejects(
        async () => scene.facet('transaction').join(wrong),
        'invalid-option',
        `join ${String(wrong)}`,
      )
      await rejects(
        () => scene.facet('transaction').run(wrong, () => 1),
        'invalid-option',
        `run ${String(wrong)}`,
      )
    }
  }),
})
