/**
 * Another user to run a server as, and a folder for it.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Gives the folder to another user, who also has to get to it. */
export function handOver(folder: string, { uid, gid }: { uid: number; gid: number }): void {
  chownSync(folder, uid, gid)
  // Temporary folders lie in temporary folders, and each may be closed to others.
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) {
    const { mode } = statSync(above)
    if ((mode & 0o001) === 0) chmodSync(above, (mode & 0o7777) | 0o001)
  }
}

/** Postgres and its kin refuse to run as root: root runs them as somebody else. Undefined for anybody but root. */
export function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => {
      const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' })
      return status === 0 ? Number(stdout) : Number.NaN
    })
    if (uid !== undefined && gid !== undefined && Number.isInteger(uid) && Number.isInteger(gid))
      return { uid, gid }
  }
  throw new Error('Postgres does not run as root, and there is no user "postgres" or "nobody" here')
}
