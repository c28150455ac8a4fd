/**
 * A store's own life: info, migration, closing.
 * @module
 */
import { equal, near, ok, rejects } from '../expect.ts'
import { topic } from '../scene.ts'

export const lifecycleCases = topic('lifecycle', {
  info: {
    title: 'a store says what it is and what time it has, and lets no password slip',
    async play(scene) {
      await scene.backend.migrate()
      const info = await scene.backend.info()
      ok(info.name.length > 0 && info.location.length > 0, 'name and location are given')
      ok(!/:[^/@\s]+@/.test(info.location), 'the location has no password')
      if (info.schema !== null) equal(info.schema.found, info.schema.wanted, 'schema')
      const before = info.now
      await scene.pass(1)
      near((await scene.backend.info()).now - before, scene.unit, scene.tolerance, 'time passed')
    },
  },
  migrate: {
    title: 'migrating what is up to date applies nothing and harms nothing',
    async play(scene) {
      const id = await scene.add()
      await scene.backend.migrate()
      equal(await scene.backend.migrate(), [], 'versions applied')
      equal((await (await scene.worker()).claimOne()).id, id, 'job')
    },
  },
  'migrate-at-once': {
    title: 'migrating twice at once is harmless',
    async play(scene) {
      await Promise.all([scene.backend.migrate(), scene.backend.migrate(), scene.backend.migrate()])
      await scene.add()
    },
  },
  fresh: {
    title: 'stores opened separately do not share jobs',
    async play(scene) {
      await scene.add({ id: 'a' })
      const other = await scene.harness.open()
      try {
        equal((await other.enqueue([scene.job({ id: 'a' })]))[0]?.outcome, 'created', 'the same id elsewhere')
      } finally {
        await scene.harness.dispose(other)
      }
    },
  },
  close: {
    title: 'after close every call is refused and no wake comes; closing again is harmless',
    async play(scene) {
      const other = await scene.harness.open()
      const worker = await scene.worker('w', 10, other)
      const heard: string[] = []
      await other.subscribe({ queues: ['default'], settled: true, workerId: 'w' }, (wake) => heard.push(wake))
      await other.enqueue([scene.job()])
      await other.close()
      await other.close()
      heard.length = 0
      const calls: readonly (() => Promise<unknown>)[] = [
        () => other.enqueue([scene.job()]),
        () => worker.claim(),
        () => worker.beat(1_000),
        () => other.rescue({ quarantineAfter: 3 }),
        () => other.records?.get(['a']) ?? worker.claim(),
        () => other.limits?.paused() ?? worker.claim(),
        () => other.control?.workers() ?? worker.claim(),
        () => other.unique?.holders(['k']) ?? worker.claim(),
        () => other.subscribe({ queues: ['default'] }, () => {}),
      ]
      for (const [at, call] of calls.entries()) await rejects(call, 'not-running', `call ${at} after close`)
      equal(heard, [], 'wakes')
      await scene.harness.dispose(other)
    },
  },
  'close-one-of-two': {
    title: 'closing one connection leaves the others at work, and what was stored stays',
    needs: ['reopen'],
    async play(scene) {
      const other = await scene.reopen()
      await other.enqueue([scene.job({ id: 'a' })])
      await other.close()
      equal((await (await scene.worker()).claimOne()).id, 'a', 'job')
    },
  },
})
