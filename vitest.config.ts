import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/temporary-root.ts'],
    // Processes, not threads: tests open native database handles and start threads of their own.
    pool: 'forks',
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    hideSkippedTests: false,
    reporters: ['default', './test/reporter.ts'],
    // Tests that import `millrace` run the built package as Node runs it, worker threads included.
    server: { deps: { external: [/\/dist\//] } },
  },
})
