/**
 * What the figures depend on, in a line each.
 * @module
 */
import { readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import type { Flags } from './flags.ts'

/** Facts about the machine, the versions and the run. */
export function facts(flags: Flags): string[] {
  const { name, packages } = flags.suite
  const [load = 0] = loadavg()
  const cpu = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores`
  const durability = name === 'sqlite' ? `synchronous ${flags.synchronous}` : `durability ${flags.durability}`
  return [
    `${cpu}, ${Math.round(totalmem() / 1024 ** 3)} GiB; ${platform()} ${release()} ${arch()}; load ${load.toFixed(1)} at the start`,
    `Node ${process.version}, ${packages.map((name) => `${name} ${versionOf(name)}`).join(', ')}; ${durability}; ${flags.rounds} round(s)`,
  ]
}

function versionOf(name: string): string {
  // Not every package lets its package.json be required.
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
