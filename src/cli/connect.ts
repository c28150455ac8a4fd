/**
 * Opens what a command works on: the project's app, or a bare store named by `--backend`.
 * @module
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Millrace } from '../contract/index.ts'
import type { ConfigOptions, StoreOptions } from './command.ts'
import { refusedError } from './failure.ts'
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

/**
 * A slip in `--config` is like one in any other name.
 * @throws CommandError (not found)
 */
export function checkConfigExists({ config }: ConfigOptions, shell: Shell): void {
  if (config === undefined) return
  const path = resolve(shell.cwd, config)
  if (existsSync(path)) return
  throw refusedError('not-found', `There is no file ${path} (--config ${config}).`)
}

/** Loads the project's app, runs `use` with it and closes it afterwards, whatever happened. @throws ConfigError */
export async function withProject<T>(
  options: ConfigOptions,
  shell: Shell,
  use: (project: Project) => Promise<T>,
  storeOnly = false,
): Promise<T> {
  checkConfigExists(options, shell)
  const { loadConfig } = await import('./config.ts')
  const { app, path } = await loadConfig({ cwd: shell.cwd, config: options.config, storeOnly })
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
  if (options.backend === undefined) return withProject(options, shell, use, true)
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
