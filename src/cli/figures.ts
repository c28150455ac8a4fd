/**
 * Numbers and times as people read them.
 * @module
 */
import type { JobState } from '../contract/index.ts'
import type { TextStyle } from './output.ts'

/** `12,345`. */
export function count(value: number): string {
  // Not by Intl, which takes as long to load as all the rest of a small command.
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 job`, `12,345 jobs`. */
export function many(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** `512 B`, `1.4 MiB`. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let rest = value
  let unit = 0
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024
    unit += 1
  }
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${units[unit]}`
}

/** `350 ms`, `12 s`, `4 min`, `3 h`, `2 d`: one unit, rounded. */
export function span(ms: number): string {
  const size = Math.abs(ms)
  if (size < 1_000) return `${Math.round(ms)} ms`
  if (size < 60_000) return `${Math.round(ms / 100) / 10} s`
  if (size < 3_600_000) return `${Math.round(ms / 60_000)} min`
  if (size < 86_400_000) return `${Math.round(ms / 360_000) / 10} h`
  return `${Math.round(ms / 8_640_000) / 10} d`
}

/** `3 min ago`, `in 2 h`. */
export function relative(at: number, now: number): string {
  return at <= now ? `${span(now - at)} ago` : `in ${span(at - now)}`
}

/** ISO 8601; a dash where there is none. */
export function time(at: number | null): string {
  return at === null ? '-' : new Date(at).toISOString()
}

/** The colour of a state; null for the ordinary ones. */
export function stateStyle(state: JobState): TextStyle | null {
  if (state === 'failed') return 'red'
  if (state === 'retrying' || state === 'blocked') return 'yellow'
  if (state === 'active') return 'cyan'
  if (state === 'succeeded') return 'green'
  return state === 'cancelled' ? 'dim' : null
}
