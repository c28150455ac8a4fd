/**
 * The dashboard's two cookies: the session, and a message for the next page.
 * @module
 */
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Flash, Frame } from '../protocol.ts'
import type { Site } from './site.ts'

/** The cookie that holds a session. */
export const SESSION_COOKIE = 'millrace_session'
const FLASH_COOKIE = 'millrace_flash'
const THEME_COOKIE = 'millrace_theme'
const FLASH_SECONDS = 60
const LONGEST_FLASH = 600

/** For a browser to send nowhere else, to no script, and over TLS only where the page came so. */
function settings(c: Context, site: Site) {
  const secure = new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https'
  return { path: `${site.base}/`, httpOnly: true, sameSite: 'Lax', secure } as const
}

/** Keeps the session until the browser closes. */
export function setSession(c: Context, site: Site, value: string): void {
  setCookie(c, SESSION_COOKIE, value, settings(c, site))
}

/** Forgets it. */
export function clearSession(c: Context, site: Site): void {
  deleteCookie(c, SESSION_COOKIE, settings(c, site))
}

/** Leaves a message for the next page. */
export function setFlash(c: Context, site: Site, { tone, text }: Flash): void {
  const short = text.length > LONGEST_FLASH ? `${text.slice(0, LONGEST_FLASH)}…` : text
  const value = site.signing.seal('flash', JSON.stringify({ tone, text: short }))
  setCookie(c, FLASH_COOKIE, value, { ...settings(c, site), maxAge: FLASH_SECONDS })
}

/** The message, which is shown once. */
export function takeFlash(c: Context, site: Site): Flash | null {
  const value = getCookie(c, FLASH_COOKIE)
  // A page that refreshes itself is none that somebody looks at anew.
  if (value === undefined || c.req.header('x-live') !== undefined) return null
  deleteCookie(c, FLASH_COOKIE, settings(c, site))
  const text = site.signing.open('flash', value)
  return text === null ? null : (JSON.parse(text) as Flash)
}

/** What somebody chose; the page's script keeps it. */
export function themeOf(c: Context): Frame['theme'] {
  const theme = getCookie(c, THEME_COOKIE)
  return theme === 'light' || theme === 'dark' ? theme : null
}
