/**
 * A store's server as a measurement sees it: its address, its size and its CPU time.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'

/** A server that the bench started, with nothing stored in it yet. */
export interface ServerPlace {
  readonly store: 'redis' | 'postgres'
  readonly url: string
  readonly pid: number
}

/** Linux counts CPU time in these. */
const TICKS_PER_SECOND = 100

/** CPU time of a process, of its ended children and of its living ones, in ms; null where there is no /proc. */
export function cpuMsOf(pid: number): number | null {
  const own = readStat(pid)
  if (own === null) return null
  const living = readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .map(readStat)
    .filter((stat) => stat !== null && stat.parent === pid)
    .reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0)
  return ((own.ticks + own.ofEnded + living) * 1000) / TICKS_PER_SECOND
}

function readStat(pid: number): { parent: number; ticks: number; ofEnded: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is a name in brackets, and may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((at) => Number(fields[at]))
    if (parent === undefined || user === undefined || system === undefined) return null
    return { parent, ticks: user + system, ofEnded: (endedUser ?? 0) + (endedSystem ?? 0) }
  } catch {
    // It ended in the meantime, or this system has no /proc.
    return null
  }
}
