/**
 * Figures and times as people read them.
 * @module
 */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const FINE = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `1,234,567`. */
export function whole(value: number): string {
  return WHOLE.format(value)
}

/** `1,234`, and `1.2M` where exactness does not fit. */
export function short(value: number): string {
  return value < 100_000 ? WHOLE.format(value) : SHORT.format(value)
}

/** `12 jobs`. */
export function many(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `3.4/s`, `12/min` where that is easier to picture, `–` where it is not known. */
export function rate(perSecond: number | null): string {
  if (perSecond === null) return '–'
  if (perSecond === 0) return '0/s'
  if (perSecond < 0.5) return `${FINE.format(perSecond * 60)}/min`
  return `${perSecond < 10 ? FINE.format(perSecond) : short(perSecond)}/s`
}

/** `350 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`; `–` where it is not known. */
export function duration(ms: number | null): string {
  if (ms === null) return '–'
  if (ms < SECOND) return `${Math.round(ms)} ms`
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`
  if (ms < HOUR) return two(ms, MINUTE, 'min', SECOND, 's')
  if (ms < DAY) return two(ms, HOUR, 'h', MINUTE, 'min')
  return two(ms, DAY, 'd', HOUR, 'h')
}

function two(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const whole = Math.floor(ms / large)
  const rest = Math.floor((ms % large) / small)
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`
}

/** `3 min ago`, `in 2 h`, `now`: one unit is enough. */
export function relative(at: number, now: number): string {
  const away = Math.abs(now - at)
  if (away < 1_500) return 'now'
  const [size, name] =
    away < MINUTE ? [SECOND, 's'] : away < HOUR ? [MINUTE, 'min'] : away < DAY ? [HOUR, 'h'] : [DAY, 'd']
  const text = `${Math.floor(away / size)} ${name}`
  return at > now ? `in ${text}` : `${text} ago`
}

/** `2026-11-24 14:03:07 UTC`. */
export function stamp(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
}

/** `12.3 MiB`. */
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length, Math.floor(Math.log2(value) / 10))
  const scaled = value / 1024 ** power
  return `${scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)} ${units[power - 1]}`
}

/** Enough of an id to tell it from others: its end, since ids made at one time begin alike. */
export function shortId(id: string): string {
  return id.length <= 14 ? id : `…${id.slice(-10)}`
}
