/**
 * Closes a test run with one plain line that a person or a script can read: `N passed, N failed, N skipped`.
 * A file that could not be loaded, and an error outside any test, count as failed: they must not look like a pass.
 * @module
 */
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

export default class ClosingLine implements Reporter {
  onTestRunEnd(files: readonly TestModule[], errors: readonly SerializedError[]) {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const file of files) {
      const states = [...file.children.allTests()].map((test) => test.result().state)
      for (const state of states) count[state]++
      if (file.state() === 'failed' && !states.includes('failed')) count.failed++
    }
    const skipped = count.skipped + count.pending
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${skipped} skipped\n`)
  }
}
