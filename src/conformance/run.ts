/**
 * Hands the cases to a test runner.
 * @module
 */
import { conformanceCases } from './cases/index.ts'
import { type ConformanceCase, type Harness, missing } from './harness.ts'

/** What vitest, jest and node:test have in common. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  readonly test: {
    (name: string, body: () => Promise<void>): unknown
    skip(name: string, body: () => Promise<void>): unknown
  }
}

/** Whether a case applies to a backend. */
export interface Support {
  readonly case: ConformanceCase
  /** Null where it applies; else why it does not. */
  readonly skipped: string | null
}

/** Opens the backend once to see what it has, and says which cases apply. */
export async function supports(harness: Harness): Promise<readonly Support[]> {
  const backend = await harness.open()
  try {
    return conformanceCases.map((entry) => ({ case: entry, skipped: missing(entry, harness, backend) }))
  } finally {
    await harness.dispose(backend)
  }
}

/**
 * Registers all cases with a runner, those that do not apply as skipped with the reason in their name.
 * Await it at the top of a test file.
 */
export async function runConformance(
  harness: Harness,
  { describe, test }: Runner,
): Promise<readonly Support[]> {
  const all = await supports(harness)
  for (const [name, group] of byTopic(all)) {
    describe(`${harness.name}: ${name}`, () => {
      for (const { case: entry, skipped } of group) {
        const title = `${entry.id}: ${entry.title}`
        if (skipped === null) test(title, () => entry.run(harness))
        else test.skip(`${title} (skipped: ${skipped})`, () => entry.run(harness))
      }
    })
  }
  return all
}

function byTopic(all: readonly Support[]): Map<string, Support[]> {
  const groups = new Map<string, Support[]>()
  for (const support of all) {
    const name = support.case.id.split('/')[0] ?? ''
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [support])
    else group.push(support)
  }
  return groups
}
