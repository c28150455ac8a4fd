/**
 * Loads a module of the user's, TypeScript included, without a build.
 * @module
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ConfigError, MillraceError } from '../contract/index.ts'
import { describeLoadFailure } from './load-failure.ts'
import { isCommonJsByName } from './package-type.ts'

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts', '.tsx'])

/**
 * Node's refusals that come before any code of the module has run: no loader for TypeScript, syntax that
 * cannot be stripped, and `./x.js` that stands for `./x.ts`. For these the module can be loaded another way.
 */
const NOT_NATIVE = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
])

/** A `file:` URL of a module that was given as a URL or a path; a relative path is seen from the current folder. */
export function toModuleUrl(pathOrUrl: string): string {
  return pathOrUrl.startsWith('file:') ? pathOrUrl : pathToFileURL(resolve(pathOrUrl)).href
}

/**
 * Loads a module and answers its exports. JavaScript is loaded by Node; TypeScript by Node where it, or a
 * loader in use, can do that, and otherwise by `jiti`. Either way its imports from packages are Node's own
 * modules, so that classes are the same as everywhere else in the process.
 * @throws ConfigError where the file is missing, does not parse (with file and line), or throws while it runs.
 */
export async function loadModule(pathOrUrl: string): Promise<Record<string, unknown>> {
  const url = toModuleUrl(pathOrUrl)
  const path = fileURLToPath(url)
  if (!existsSync(path)) throw new ConfigError(`There is no file ${path}.`)
  try {
    return unwrapDefault(
      TYPESCRIPT.has(extname(path)) ? await importTypeScript(url, path) : await importNative(url),
    )
  } catch (error) {
    if (error instanceof MillraceError) throw error
    throw new ConfigError(await describeLoadFailure(error, url, path), { cause: error })
  }
}

async function importTypeScript(url: string, path: string): Promise<Record<string, unknown>> {
  // There Node would strip the types and then refuse the `import` that almost all TypeScript is written with.
  if (extname(path) !== '.ts' || !isCommonJsByName(path)) {
    try {
      return await importNative(url)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined || !NOT_NATIVE.has(code)) throw error
    }
  }
  // Not imported: Node would parse all of this CommonJS by hand in search of its exports, 50 ms of CPU.
  const { createJiti } = createRequire(import.meta.url)('jiti') as typeof import('jiti')
  return createJiti(url, { interopDefault: false }).import<Record<string, unknown>>(path)
}

async function importNative(url: string): Promise<Record<string, unknown>> {
  return (await import(url)) as Record<string, unknown>
}

/** A CommonJS module that was compiled from ESM hides its real default export one level down. */
function unwrapDefault(exports: Record<string, unknown>): Record<string, unknown> {
  const inner = exports.default
  if (typeof inner !== 'object' || inner === null || !('__esModule' in inner) || !('default' in inner))
    return exports
  return { ...exports, ...inner }
}
