import fc from 'fast-check'
import { afterAll, describe, test } from 'vitest'
import { modelTest, runConformance } from '../../src/conformance/index.ts'
import { redisForTests } from '../servers/redis.ts'
import { redisHarness } from './redis-harness.ts'

const server = await redisForTests()

if (server === null) test.skip('redis: there is no server', () => undefined)
else {
  afterAll(server.end)
  await runConformance(redisHarness(server.url, 'manual'), { describe, test })
  await runConformance(redisHarness(server.url, 'real'), { describe, test })

  test('redis: random histories agree with the model', { timeout: 600_000 }, () => {
    const harness = redisHarness(server.url, 'manual')
    const { clock } = harness
    if (clock === undefined) throw new Error('The model needs a clock')
    // The server has no monotonic clock, so that leases go by its wall clock, while the model's do not.
    return modelTest({ ...harness, clock: { advance: (ms) => clock.advance(ms) } }, { fc })
  })
}
