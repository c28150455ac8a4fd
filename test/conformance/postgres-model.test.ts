import fc from 'fast-check'
import { afterAll, test } from 'vitest'
import { modelTest } from '../../src/conformance/index.ts'
import { testPostgres } from '../servers/postgres.ts'
import { serverClock } from './postgres-clock.ts'
import { postgresHarness } from './postgres-harness.ts'

/** Each step is a round trip or several, so that there are fewer and shorter histories than on other stores. */
const RUNS = 200
const STEPS = 40

const server = await testPostgres()
const clock = server === null ? null : await serverClock(server.url)
afterAll(async () => {
  await clock?.close()
  await server?.stop()
})

const runs = Number(process.env.MILLRACE_MODEL_RUNS ?? RUNS)
const timeout = runs * 5_000

test.skipIf(clock === null)('postgres: random histories agree with the model', { timeout }, () => {
  if (server === null || clock === null) return
  const harness = postgresHarness(server.url, 'pg', clock)
  // Leases go by the wall clock, while the model's do not. What happens when that is set is told by the cases.
  return modelTest({ ...harness, clock: { advance: (ms) => clock.advance(ms) } }, { fc, runs, steps: STEPS })
})
