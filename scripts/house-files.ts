/** The files that are the project's own: tracked, or new and not ignored. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

export function houseFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  })
  return listed.split('\0').filter((file) => file !== '' && existsSync(file))
}
