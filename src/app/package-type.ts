/**
 * What a package says of its own modules.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Whether the nearest package.json above a file says `"type": "commonjs"` in so many words, as `npm init`
 * writes it. Without a type Node looks into each file instead.
 */
export function isCommonJsByName(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file)) return typeOf(file) === 'commonjs'
    if (folder === dirname(folder)) return false
  }
}

/** A broken package.json is Node's to complain about. */
function typeOf(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { type?: unknown } | null)?.type
  } catch {
    return undefined
  }
}
