/** Tests the suite itself: each way to be wrong has to be noticed by the cases named for it. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memory } from '../../src/backends/memory/index.ts'
import { ConformanceFailure, conformanceCases, type Harness, modelTest } from '../../src/conformance/index.ts'
import { memoryHarness } from './memory-harness.ts'
import { brokerMutants } from './mutants/broker.ts'
import { carefulMutants } from './mutants/careful.ts'
import { facetMutants } from './mutants/facets.ts'
import type { Mutant } from './mutants/mutant.ts'
import { scheduleMutants } from './mutants/schedules.ts'

const mutants = [...brokerMutants, ...carefulMutants, ...facetMutants, ...scheduleMutants]

function mutated(mutant: Mutant): Harness {
  return memoryHarness((clock) => {
    const backend = memory({ clock })
    return { ...backend, ...mutant.breaks(backend) }
  })
}

describe('the suite notices a backend that', () => {
  for (const mutant of mutants) {
    test.each(mutant.caughtBy)(`${mutant.name}: %s`, async (id) => {
      const entry = conformanceCases.find((one) => one.id === id)
      expect(entry, `a case ${id}`).toBeDefined()
      await expect(entry?.run(mutated(mutant))).rejects.toThrow(ConformanceFailure)
    })
  }
})

describe('random histories notice a backend that', () => {
  for (const mutant of mutants.filter(({ byModel }) => byModel)) {
    test(mutant.name, async () => {
      // Not made smaller: that the two disagree is all that is asked here.
      const sooner = { ...fc, assert: stopAtFirst }
      const found = modelTest(mutated(mutant), { fc: sooner, runs: 300, seed: 20_250 })
      await expect(found).rejects.toMatchObject({ cause: { name: 'ConformanceFailure' } })
    })
  }
})

function stopAtFirst(property: unknown, options: object): unknown {
  return fc.assert(property as fc.IAsyncProperty<unknown>, { ...options, endOnFailure: true })
}
