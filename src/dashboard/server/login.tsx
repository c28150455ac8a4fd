/**
 * Logging in and out.
 * @module
 */
import type { Context, Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { LoginView } from '../ui/pages/login.tsx'
import { clearSession, SESSION_COOKIE, setSession } from './cookies.ts'
import type { Env } from './env.ts'
import { Problem } from './problem.ts'
import { isSameOrigin } from './same-origin.ts'
import type { Site } from './site.ts'

/** Adds the routes. */
export function logInRoutes(hono: Hono<Env>, site: Site): void {
  if (!site.guard.hasLogin) return
  hono.get('/login', (c) => c.html(form(site, c, null)))
  hono.post('/login', (c) => logIn(site, c))
  hono.post('/logout', async (c) => {
    const visitor = await site.guard.visitor(c.req.raw, getCookie(c, SESSION_COOKIE))
    if (visitor !== null) {
      const fields = new URLSearchParams(await c.req.text())
      if (!site.guard.isCsrfToken(visitor, fields.get('csrf') ?? '') || !isSameOrigin(c.req.raw)) {
        throw new Problem(403, 'Not from here', 'The request did not come from a page of this dashboard.')
      }
      site.guard.logout(visitor)
      site.audit.add(visitor.user, 'logout', [], 'done')
    }
    clearSession(c, site)
    return c.redirect(`${site.base}/login`, 303)
  })
}

async function logIn(site: Site, c: Context<Env>): Promise<Response> {
  if (!isSameOrigin(c.req.raw)) {
    throw new Problem(403, 'Not from here', 'The request did not come from the log-in page.')
  }
  const fields = new URLSearchParams(await c.req.text())
  const name = (fields.get('name') ?? '').trim()
  const result = await site.guard.login(c.req.raw, name, fields.get('secret') ?? '')
  if (result.ok) {
    site.audit.add(result.access.user, 'login', [], 'done')
    setSession(c, site, result.cookie)
    const next = fields.get('next') ?? '/'
    return c.redirect(`${site.base}${/^\/(?![/\\])[^\\\s]*$/.test(next) ? next : '/'}`, 303)
  }
  // The name is what somebody typed, so it may be a password: it is not written down.
  site.audit.add('(nobody)', 'login', [], result.waitMs > 0 ? 'denied: too many attempts' : 'denied')
  if (result.waitMs > 0) {
    const seconds = Math.ceil(result.waitMs / 1000)
    c.header('retry-after', String(seconds))
    return c.html(form(site, c, `Too many attempts. Try again in ${seconds} s.`), 429)
  }
  return c.html(form(site, c, 'That is not right. Check name and password, or the token.'), 401)
}

function form(site: Site, c: Context, error: string | null) {
  const { users = [], tokens = [] } = site.options
  const next = new URL(c.req.url).searchParams.get('next') ?? '/'
  return (
    <LoginView
      base={site.base}
      users={users.length > 0}
      tokens={tokens.length > 0}
      next={next}
      error={error}
    />
  )
}
