/**
 * The package's own version, read when somebody asks.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Facts of the package this command belongs to. */
export interface PackageFacts {
  readonly version: string
  /** The range of Node versions it supports, such as `>=20.19`. */
  readonly nodeRange: string
}

/** Reads the `package.json` above this file. */
export function readPackage(): PackageFacts {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version?: string
    engines?: { node?: string }
  }
  return { version: manifest.version ?? '0.0.0', nodeRange: manifest.engines?.node ?? '*' }
}
