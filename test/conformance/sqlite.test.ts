import fc from 'fast-check'
import { describe, test } from 'vitest'
import type { BindingName } from '../../src/backends/sqlite/index.ts'
import { modelTest, runConformance } from '../../src/conformance/index.ts'
import { sqliteHarness } from './sqlite-harness.ts'

const bindings: BindingName[] = ['better-sqlite3', 'libsql']
// Part of Node from 22.13.
if (process.getBuiltinModule('node:sqlite') !== undefined) bindings.push('node:sqlite')

for (const binding of bindings) {
  await runConformance(sqliteHarness(binding), { describe, test })
}

test('better-sqlite3: random histories agree with the model', { timeout: 300_000 }, () => {
  const harness = sqliteHarness('better-sqlite3')
  const { clock } = harness
  if (clock === undefined) throw new Error('The model needs a clock')
  // Processes share no monotonic clock, so that leases in a file go by the wall clock, while the model's do not. What
  // happens when that is set is told by the cases above and by test/crash/clock.test.ts.
  return modelTest({ ...harness, clock: { advance: (ms) => clock.advance(ms) } }, { fc })
})
