import fc from 'fast-check'
import { afterAll, describe, test } from 'vitest'
import { modelTest, runConformance } from '../../src/conformance/index.ts'
import { testPostgres } from '../servers/postgres.ts'
import { postgresHarness } from './postgres-harness.ts'

const server = await testPostgres()
afterAll(() => server?.stop())

if (server === null) test.skip('Postgres: no server on this machine', () => {})
else {
  const harness = postgresHarness(server.url, 'pg')
  await runConformance(harness, { describe, test })

  const runs = Number(process.env.MILLRACE_MODEL_RUNS ?? '200')
  test('postgres: random histories agree with the model', { timeout: 300_000 }, () =>
    modelTest(harness, { fc, runs, steps: 40 }),
  )
}
