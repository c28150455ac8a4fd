/**
 * Finds and loads the configuration: the module whose default export is the app.
 * @module
 */
import { existsSync, statSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setDefaultModule } from '../app/default-module.ts'
import { loadModule } from '../app/load-module.ts'
import { ConfigError, type Millrace } from '../contract/index.ts'

/** The names looked for, in this order, in the current folder and then in each one above it. */
const CONFIG_NAMES = [
  'millrace.config.ts',
  'millrace.config.mts',
  'millrace.config.js',
  'millrace.config.mjs',
] as const

const EXTENSIONS = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'])

const HOW_TO = `Write one such as:

  // millrace.config.ts
  import { millrace } from 'millrace'
  import { sendEmail } from './tasks.ts'

  export default millrace({ backend: 'sqlite:millrace.db', tasks: [sendEmail] })

or let \`millrace init\` do it.`

const HOW_TO_NAME_A_STORE =
  'Or name the store itself: --backend sqlite:millrace.db. `millrace init` writes a config.'

/** A loaded configuration. */
export interface LoadedConfig {
  readonly app: Millrace
  /** Absolute path of the file. */
  readonly path: string
}

/** Where to look. */
export interface ConfigLocation {
  /** Where the search begins. Default: the current folder. */
  readonly cwd?: string
  /** A path given with `--config`, seen from `cwd`: nothing is searched. */
  readonly config?: string | undefined
  /** A store is all that is wanted: what is said where there is no config is then how to name one. */
  readonly storeOnly?: boolean
}

/**
 * The absolute path of the configuration.
 * @throws ConfigError where there is none, with what was looked for and how to write one.
 */
export function findConfig(location: ConfigLocation = {}): string {
  const cwd = resolve(location.cwd ?? process.cwd())
  if (location.config !== undefined) return givenConfig(resolve(cwd, location.config), location.config)
  for (const folder of upwards(cwd)) {
    const found = CONFIG_NAMES.map((name) => join(folder, name)).find(isFile)
    if (found !== undefined) return found
  }
  throw new ConfigError(
    `No configuration was found: neither ${cwd} nor any folder above it has a ${CONFIG_NAMES.join(', ')}. ` +
      `Give one with --config FILE. ${howTo(location)}`,
  )
}

/**
 * Finds, loads and checks the configuration. Children of `isolate` will load their tasks from it, unless the
 * app names another module.
 * @throws ConfigError where it cannot be found or loaded, or its default export is no app.
 */
export async function loadConfig(location: ConfigLocation = {}): Promise<LoadedConfig> {
  const path = findConfig(location)
  // Before it is loaded: the app may ask while it is made.
  setDefaultModule(pathToFileURL(path).href)
  const exports = await loadModule(path)
  const app = exports.default
  if (!isApp(app)) throw new ConfigError(`${path} ${describeExports(exports)}. ${howTo(location)}`)
  return { app, path }
}

function howTo({ storeOnly }: ConfigLocation): string {
  return storeOnly === true ? HOW_TO_NAME_A_STORE : HOW_TO
}

function givenConfig(path: string, given: string): string {
  if (!existsSync(path)) throw new ConfigError(`There is no file ${path} (--config ${given}).`)
  if (!isFile(path)) throw new ConfigError(`${path} (--config ${given}) is not a file.`)
  if (!EXTENSIONS.has(extname(path))) {
    throw new ConfigError(
      `${path} (--config ${given}) is none that can be loaded: expected ${[...EXTENSIONS].join(', ')}.`,
    )
  }
  return path
}

function* upwards(folder: string): Generator<string> {
  yield folder
  const parent = dirname(folder)
  if (parent !== folder) yield* upwards(parent)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function isApp(value: unknown): value is Millrace {
  if (typeof value !== 'object' || value === null) return false
  return (
    'tasks' in value &&
    Array.isArray(value.tasks) &&
    'enqueue' in value &&
    typeof value.enqueue === 'function'
  )
}

function describeExports(exports: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(exports).filter((name) => name !== 'default')
  const app = names.find((name) => isApp(exports[name]))
  if (app !== undefined) return `exports the app as "${app}", and not as its default export`
  const others = names.length === 0 ? '' : ` (it exports ${names.join(', ')})`
  if (!('default' in exports)) return `has no default export${others}`
  return `has a default export that is no app made with millrace(), but ${describe(exports.default)}${others}`
}

function describe(value: unknown): string {
  if (value instanceof Promise) return 'a promise: put `await` before it'
  if (typeof value === 'function') return 'a function: call it'
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'object' || value === null) return String(value)
  const keys = Object.keys(value)
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 8).join(', ')}`
}
