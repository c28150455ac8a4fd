/**
 * Opens what a command works on: the project's app, or a bare store named by `--backend`.
 * @module
 */
import type { Millrace } from '../contract/index.ts'
import type { ConfigOptions, StoreOptions } from './command.ts'
import type { Shell } from './shell.ts'
import type { StoreClient } from './store-client.ts'
import { checkExists } from './store-url.ts'

/** The project's app, and its config file. */
export interface Project {
  readonly app: Millrace
  readonly configPath: string
}

/** A store, and the config file it came from; null with `--backend`, where no tasks are known. */
export interface Store {
  readonly app: StoreClient
  readonly configPath: string | null
}

/** Loads the project's app, runs `use` with it and closes it afterwards, whatever happened. @throws ConfigError */
export async function withProject<T>(
  options: ConfigOptions,
  shell: Shell,
  use: (project: Project) => Promise<T>,
): Promise<T> {
  const { loadConfig } = await import('./config.ts')
  const { app, path } = await loadConfig({ cwd: shell.cwd, config: options.config })
  return closing({ app, configPath: path }, use)
}

/**
 * The same for commands that need no tasks: `--backend` names a store, else the project's is used.
 * A store named by `--backend` has to be there, unless `create` says that the command may make it.
 */
export async function withStoreApp<T>(
  options: StoreOptions & { readonly create?: boolean },
  shell: Shell,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  if (options.backend === undefined) return withProject(options, shell, use)
  const { loadBackend } = await import('../app/load-backend.ts')
  const { storeClient } = await import('./store-client.ts')
  const backend = await loadBackend(options.backend)
  if (options.create !== true) checkExists(options.backend, shell.cwd, '--backend')
  return closing({ app: storeClient(backend), configPath: null }, use)
}

async function closing<Opened extends Store, T>(
  opened: Opened,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  try {
    return await use(opened)
  } finally {
    await opened.app.close()
  }
}
