/**
 * Moving schedules between SQLite and Postgres while they fire.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, test } from 'vitest'
import { postgres } from '../../src/backends/postgres/index.ts'
import { sqlite } from '../../src/backends/sqlite/index.ts'
import { moveWhileFiring } from '../cli/schedule-move.ts'
import { testPostgres } from '../servers/postgres.ts'
import { newSchema } from './store.ts'

const server = await testPostgres()
const folder = mkdtempSync(join(tmpdir(), 'millrace-move-'))
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(server === null)('moving schedules while they fire', () => {
  test('from SQLite to Postgres and back', { timeout: 60_000 }, async () => {
    const store = postgres({ url: server?.url ?? '', schema: newSchema() })
    await moveWhileFiring(sqlite(join(folder, 'schedules.db')), store)
  })
})
