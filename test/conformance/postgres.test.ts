import { afterAll, describe, test } from 'vitest'
import { conformanceCases, runConformance } from '../../src/conformance/index.ts'
import { testPostgres } from '../servers/postgres.ts'
import { serverClock } from './postgres-clock.ts'
import { postgresHarness } from './postgres-harness.ts'

const server = await testPostgres()

if (server === null) test.skip('Postgres: no server on this machine', () => {})
else {
  const clock = await serverClock(server.url)
  afterAll(async () => {
    await clock.close()
    await server.stop()
  })
  await runConformance(postgresHarness(server.url, 'pg', clock), { describe, test })

  // What a user's connection changes is told by the cases about transactions; the others do not see it.
  const other = postgresHarness(server.url, 'postgres')
  describe(other.name, () => {
    for (const entry of conformanceCases.filter(({ needs }) => needs.includes('transaction')))
      test(`${entry.id}: ${entry.title}`, () => entry.run(other))
  })
}
