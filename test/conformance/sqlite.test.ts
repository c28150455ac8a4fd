import { describe, test } from 'vitest'
import { runConformance } from '../../src/conformance/index.ts'
import { sqliteHarness } from './sqlite-harness.ts'

await runConformance(sqliteHarness('better-sqlite3'), { describe, test })
await runConformance(sqliteHarness('libsql'), { describe, test })
