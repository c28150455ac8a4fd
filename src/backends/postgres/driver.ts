/**
 * The driver, `pg`, as far as it is used. Typed structurally and loaded when the first connection is made, so that
 * nobody needs it who has no Postgres.
 * @module
 */
import { BackendError } from '../../contract/index.ts'

/** A parameter of a statement; arrays go as literals, see array.ts. */
export type SqlValue = string | number | boolean | null

/** What runs a statement: the store's own connection, or one the user lends. Parameters are $1, $2, … */
export interface Executor {
  /** @param name of a statement that comes again and again, so that the server may keep it prepared. */
  rows<Row>(sql: string, params: readonly SqlValue[], name?: string): Promise<readonly Row[]>
}

/** The part of a `pg` client that is used. */
export interface PgClient {
  query(
    config: string | { text: string; values?: unknown[]; name?: string; query_timeout?: number },
  ): Promise<{ rows: unknown[] }>
  on(event: 'notification', listen: (message: { channel: string; payload?: string }) => void): unknown
  on(event: 'error', listen: (error: Error) => void): unknown
  on(event: 'end', listen: () => void): unknown
}

/** A client of a pool. */
export interface PgPoolClient extends PgClient {
  release(destroy?: boolean): void
}

/** The part of a `pg` pool that is used. */
export interface PgPool {
  connect(): Promise<PgPoolClient>
  end(): Promise<void>
  on(event: 'error', listen: (error: Error) => void): unknown
  on(event: 'connect', listen: (client: PgClient) => void): unknown
}

/** Options both of them take. */
interface PgConfig {
  readonly connectionString: string
  readonly application_name: string
  readonly connectionTimeoutMillis: number
  readonly query_timeout: number
  readonly keepAlive: boolean
}

/** The part of the module that is used. */
export interface PgModule {
  readonly Pool: new (
    config: PgConfig & { max: number; idleTimeoutMillis: number; allowExitOnIdle: boolean },
  ) => PgPool
  readonly Client: new (config: PgConfig) => PgClient & { connect(): Promise<unknown>; end(): Promise<void> }
}

/** @throws BackendError `driver-missing` */
export async function loadDriver(): Promise<PgModule> {
  try {
    const module = (await import('pg')) as unknown as { default: PgModule }
    return module.default
  } catch (cause) {
    throw new BackendError(
      'driver-missing',
      'The Postgres backend needs the package "pg". Run `npm install pg`.',
      { cause },
    )
  }
}
