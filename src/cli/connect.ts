/**
 * Opens what a command works on: the project's app, or a bare store named by `--backend`.
 * @module
 */
import type { Millrace } from '../contract/index.ts'
import type { ConfigOptions, StoreOptions } from './command.ts'
import type { Shell } from './shell.ts'
import { checkExists } from './store-url.ts'

/** An app, and where it came from. */
export interface Connection {
  readonly app: Millrace
  /** The config file; null with `--backend`, where no tasks are known. */
  readonly configPath: string | null
}

/** Loads the project's app. It is not closed here. @throws ConfigError */
export async function openProject(options: ConfigOptions, shell: Shell): Promise<Connection> {
  const { loadConfig } = await import('./config.ts')
  const { config } = options
  const { app, path } = await loadConfig({ cwd: shell.cwd, ...(config === undefined ? {} : { config }) })
  return { app, configPath: path }
}

/** Runs `use` with the project's app and closes it afterwards, whatever happened. */
export async function withProject<T>(
  options: ConfigOptions,
  shell: Shell,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  return closing(await openProject(options, shell), use)
}

/**
 * The same for commands that need no tasks: `--backend` names a store, else the project's is used.
 * A store named by `--backend` has to be there, unless `create` says that the command may make it.
 */
export async function withStoreApp<T>(
  options: StoreOptions & { readonly create?: boolean },
  shell: Shell,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  if (options.backend === undefined) return withProject(options, shell, use)
  const { loadBackend } = await import('../app/load-backend.ts')
  const { millrace } = await import('../app/millrace.ts')
  const backend = await loadBackend(options.backend)
  if (options.create !== true) checkExists(options.backend, shell.cwd, '--backend')
  const app = millrace({ backend, tasks: [] })
  return closing({ app, configPath: null }, use)
}

async function closing<T>(connection: Connection, use: (connection: Connection) => Promise<T>): Promise<T> {
  try {
    return await use(connection)
  } finally {
    await connection.app.close()
  }
}
