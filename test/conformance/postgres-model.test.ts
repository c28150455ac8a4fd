import fc from 'fast-check'
import { afterAll, test } from 'vitest'
import { modelTest } from '../../src/conformance/index.ts'
import { testPostgres } from '../servers/postgres.ts'
import { postgresHarness } from './postgres-harness.ts'

/** The server's clock cannot be moved, so that each step waits for its next millisecond: fewer and shorter histories. */
const RUNS = 200
const STEPS = 40

const server = await testPostgres()
afterAll(() => server?.stop())

test.skipIf(server === null)('postgres: random histories agree with the model', { timeout: 600_000 }, () => {
  const runs = Number(process.env.MILLRACE_MODEL_RUNS ?? RUNS)
  return modelTest(postgresHarness(server?.url ?? '', 'pg'), { fc, runs, steps: STEPS })
})
