/**
 * How large a store is on disk.
 * @module
 */
import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Bytes of the file, with its log but without the index of the log, which is memory. */
export function storeBytes(file: string): number {
  const folder = dirname(file)
  const own = readdirSync(folder).filter((name) => name.startsWith(basename(file)) && !name.endsWith('-shm'))
  return own.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
