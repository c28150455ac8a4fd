import { describe, test } from 'vitest'
import { runConformance } from '../../src/conformance/index.ts'
import { memoryHarness } from './memory-harness.ts'

await runConformance(memoryHarness(), { describe, test })
