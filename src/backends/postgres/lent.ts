/**
 * Connections that users lend, of whichever library, told apart by their shape: nothing of theirs is imported.
 * @module
 */
import { InvalidOptionError } from '../../contract/index.ts'
import { drizzle } from './lent/drizzle.ts'
import { knex } from './lent/knex.ts'
import { kysely } from './lent/kysely.ts'
import type { Lent, Recogniser, Use } from './lent/lent.ts'
import { pgClient } from './lent/pg.ts'
import { postgresJs } from './lent/postgres-js.ts'

/** The least particular one comes last. */
const LIBRARIES: readonly Recogniser[] = [postgresJs, knex, kysely, drizzle, pgClient]

/**
 * The connection as something statements can be run on.
 * @param use `join`: it has to be one connection, inside a transaction. `run`: one on which a transaction can be begun.
 * @throws InvalidOptionError
 */
export function lend(given: unknown, use: Use): Lent {
  for (const recognise of LIBRARIES) {
    const lent = recognise(given, use)
    if (lent !== null) return lent
  }
  throw new InvalidOptionError(
    'connection',
    'Expected a connected Client or PoolClient of "pg", the sql of "postgres", or a transaction of Drizzle, Kysely or Knex.',
  )
}
