import * as fc from 'fast-check'
import { describe, test } from 'vitest'
import { memory } from '../../src/backends/memory/index.ts'
import { modelTest, runConformance } from '../../src/conformance/index.ts'
import { memoryHarness } from './memory-harness.ts'

await runConformance(memoryHarness(), { describe, test })

test('memory: random histories agree with the model', () => modelTest(memoryHarness(), { fc }), 120_000)

test('memory on the real clock: random histories without times agree too', () => {
  const { open, dispose } = memoryHarness(() => memory())
  return modelTest({ name: 'memory', open, dispose }, { fc, runs: 20 })
})
