/**
 * What a store's URL says by itself, before anything is opened.
 * @module
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { refusedError } from './failure.ts'

/** The file or folder a URL names on this machine, such as that of `sqlite:millrace.db`; null where it names none. */
export function localPath(url: string, cwd: string): string | null {
  // Options begin at the last question mark: a path may contain one.
  const [, rest] = /^[a-z][a-z0-9+.-]*:(.*?)(?:\?[^?]*)?$/s.exec(url) ?? []
  if (rest === undefined || rest === '' || rest.includes(':memory:')) return null
  if (rest.startsWith('//')) return rest.startsWith('///') ? resolve(rest.slice(2)) : null
  return resolve(cwd, rest)
}

/**
 * A command that looks at a store must not create one because of a slip in its name.
 * @throws CommandError (not found) where the URL names a file that is not there.
 */
export function checkExists(url: string, cwd: string, option: string): void {
  const path = localPath(url, cwd)
  if (path === null || existsSync(path)) return
  throw refusedError(
    'not-found',
    `${option}: there is no file ${path}.`,
    'Check the name; `millrace migrate` makes a new store.',
  )
}

/** The URL without user, password and options, for people. */
export function withoutSecrets(url: string): string {
  return url.replace(/\?[^?]*$/s, '').replace(/\/\/[^/]*@/, '//')
}
