import * as fc from 'fast-check'
import { describe, test } from 'vitest'
import { modelTest, runConformance } from '../../src/conformance/index.ts'
import { memoryHarness } from './memory-harness.ts'

await runConformance(memoryHarness(), { describe, test })

test('memory: random histories agree with the model', () => modelTest(memoryHarness(), { fc }), 120_000)
