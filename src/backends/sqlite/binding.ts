/**
 * Chooses the SQLite binding: the fastest one that is there. See docs/decisions/0003-sqlite-binding.md.
 * @module
 */
import { createRequire } from 'node:module'
import { BackendError } from '../../contract/index.ts'
import type { SqliteBinding } from './driver.ts'
import { type NativeConstructor as BetterSqlite3, betterSqlite3Binding } from './drivers/better-sqlite3.ts'
import { type NativeConstructor as NodeSqlite, nodeSqliteBinding } from './drivers/node-sqlite.ts'

/** The names of the bindings, the preferred one first. */
export const BINDINGS = ['better-sqlite3', 'node:sqlite', 'libsql'] as const

/** One of {@link BINDINGS}. */
export type BindingName = (typeof BINDINGS)[number]

const require = createRequire(import.meta.url)
const loaded = new Map<BindingName, SqliteBinding>()

const loaders: Record<BindingName, () => SqliteBinding> = {
  'better-sqlite3': () => {
    const { version } = require('better-sqlite3/package.json') as { version: string }
    // Version 13 on Node 20 ends the process when it opens a file, which nothing could catch.
    if (major(version) >= 13 && major(process.versions.node) < 22)
      throw new Error(`version ${version} needs Node 22`)
    const Database = require('better-sqlite3') as BetterSqlite3
    // Its native part is loaded with the first database, and may have been built for another Node.
    new Database(':memory:').close()
    return betterSqlite3Binding(Database, `better-sqlite3 ${version}`)
  },
  'node:sqlite': () => {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite') as unknown as {
      DatabaseSync: NodeSqlite
    }
    return nodeSqliteBinding(DatabaseSync)
  },
  libsql: () => {
    return betterSqlite3Binding(require('libsql') as BetterSqlite3, 'libsql', '_metadata')
  },
}

/**
 * The wanted binding, or the first of {@link BINDINGS} that loads.
 * @throws BackendError `driver-missing` where none does; the message says why each failed.
 */
export function loadBinding(wanted?: BindingName): SqliteBinding {
  const failures: string[] = []
  for (const name of wanted === undefined ? BINDINGS : [wanted]) {
    try {
      let binding = loaded.get(name)
      if (binding === undefined) {
        binding = loaders[name]()
        loaded.set(name, binding)
      }
      return binding
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    }
  }
  throw new BackendError(
    'driver-missing',
    `No SQLite binding could be loaded. Run \`npm install libsql\` or \`npm install better-sqlite3\`, or use Node 22.13 or later, which has one built in. Tried ${failures.join('; ')}`,
  )
}

function major(version: string): number {
  return Number.parseInt(version, 10)
}
