/**
 * Finds a server's program on this machine.
 * @module
 */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where distributions keep servers that they leave out of an ordinary user's PATH. */
const USUAL = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin']

/** The path of the first of these programs that is there; `folders` are looked through after PATH. */
export function findBinary(names: readonly string[], folders: readonly string[] = []): string | null {
  const places = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...USUAL, ...folders]
  for (const name of names) {
    for (const place of places) {
      const path = join(place, name)
      if (isProgram(path)) return path
    }
  }
  return null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
