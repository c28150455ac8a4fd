/**
 * Millrace on Postgres.
 * @module
 */
import { postgres } from 'millrace/postgres'
import type { ServerSettings, System } from '../system.ts'
import { openMillrace } from './millrace.ts'

/** With its defaults. */
export const millracePostgres: System<ServerSettings> = {
  name: 'millrace-postgres',
  store: 'postgres',
  open: async ({ url }) => {
    const backend = postgres({ url })
    await backend.migrate()
    return openMillrace(backend)
  },
}
