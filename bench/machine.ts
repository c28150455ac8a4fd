/**
 * What the figures depend on, in a line each.
 * @module
 */
import { createRequire } from 'node:module'
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import type { Flags } from './flags.ts'

const require = createRequire(import.meta.url)

/** Facts about the machine, the versions and the run. */
export function facts(flags: Flags): string[] {
  const { version } = require('better-sqlite3/package.json') as { version: string }
  const [load = 0] = loadavg()
  const cpu = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores`
  return [
    `${cpu}, ${Math.round(totalmem() / 1024 ** 3)} GiB; ${platform()} ${release()} ${arch()}; load ${load.toFixed(1)} at the start`,
    `Node ${process.version}, better-sqlite3 ${version}; synchronous ${flags.synchronous}; ${flags.rounds} round(s)`,
  ]
}
