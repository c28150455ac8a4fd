/**
 * `dashboardHandler()`: requests in, pages out, with the guards in front.
 * @module
 */
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { getCookie } from 'hono/cookie'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { allows } from '../protocol.ts'
import { ErrorView } from '../ui/pages/error.tsx'
import { ACTIONS } from './actions/actions.ts'
import { asset } from './assets.ts'
import { SESSION_COOKIE, setFlash, takeFlash, themeOf } from './cookies.ts'
import type { Env } from './env.ts'
import { secure } from './headers.ts'
import { liveStream } from './live.ts'
import { logInRoutes } from './login.tsx'
import { checkDashboardOptions, type DashboardApp, type DashboardOptions } from './options.ts'
import { Problem, toProblem } from './problem.ts'
import { PAGES } from './render.tsx'
import { isKnownHost, isSameOrigin } from './same-origin.ts'
import { Site } from './site.ts'

const LONGEST_URL = 8_192
const LARGEST_BODY = 1024 * 1024

/**
 * The dashboard as one web-standard handler, to be mounted in any framework under any path.
 *
 * @throws InvalidOptionError where an option is wrong, or nobody guards it.
 * @example
 * const dashboard = dashboardHandler(app, { basePath: '/jobs', authorize: (request) => whoIs(request) })
 * // Hono: server.all('/jobs/*', (c) => dashboard(c.req.raw))
 */
export function dashboardHandler(
  app: DashboardApp,
  options: DashboardOptions,
): (request: Request) => Promise<Response> {
  checkDashboardOptions(options)
  const site = new Site(app, options)
  const hono = new Hono<Env>({ getPath: (request) => pathBelow(site.base, request.url) })
  hono.onError((error, c) => {
    const problem = toProblem(error)
    // A visitor is not told what it was, so that whoever runs the process has to be.
    if (problem.status === 500) process.emitWarning(error)
    return showProblem(site, c, problem)
  })
  hono.notFound((c) => showProblem(site, c, new Problem(404, 'Not found', 'There is no such page.')))
  hono.use(async (c, next) => {
    await next()
    secure(c.res.headers)
  })
  hono.use(async (c, next) => {
    if (!isKnownHost(c.req.raw, options.hosts))
      throw new Problem(421, 'Wrong host', 'This dashboard has another name.')
    if (c.req.url.length > LONGEST_URL) throw new Problem(414, 'Address too long', 'The address is too long.')
    await next()
  })
  hono.use(compress({ threshold: 1024 }))
  hono.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: () => {
        throw new Problem(413, 'Too large', 'The request is larger than 1 MiB.')
      },
    }),
  )
  hono.get('/assets/:name', (c) => asset(c.req.param('name')))
  logInRoutes(hono, site)
  hono.use(async (c, next) => {
    const visitor = await site.guard.visitor(c.req.raw, getCookie(c, SESSION_COOKIE))
    if (visitor === null) return strangers(site, c)
    c.set('visitor', visitor)
    await next()
  })
  pageRoutes(hono, site)
  actionRoutes(hono, site)
  return async (request) => hono.fetch(request)
}

function pageRoutes(hono: Hono<Env>, site: Site): void {
  hono.get('/live', (c) =>
    c.body(liveStream(site, c.req.raw.signal), 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      // Told to proxies such as nginx, which would wait for more.
      'x-accel-buffering': 'no',
      'cache-control': 'no-cache, no-transform',
    }),
  )
  for (const [path, read] of Object.entries(PAGES)) {
    hono.get(path, async (c) => {
      const params = new URL(c.req.url).searchParams
      const page = await read(site, { params, id: c.req.param('id') ?? '' })
      if (wantsJson(c)) return c.json(page.model)
      const frame = await site.frame(c.get('visitor'), { flash: takeFlash(c, site), theme: themeOf(c) })
      return c.html(page.show(frame))
    })
  }
}

function actionRoutes(hono: Hono<Env>, site: Site): void {
  hono.post('/do/:action', async (c) => {
    const visitor = c.get('visitor')
    const name = c.req.param('action')
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
    if (action === undefined) throw new Problem(404, 'Not found', 'There is no such action.')
    const form = await readForm(c)
    const proof = form.get('csrf') ?? c.req.header('x-csrf-token') ?? ''
    const proven = visitor.by === 'bearer' || site.guard.isCsrfToken(visitor, proof)
    if (!proven || !isSameOrigin(c.req.raw)) {
      site.audit.add(visitor.user, name, [], 'denied: not from a page of the dashboard')
      throw new Problem(
        403,
        'Not from here',
        'The request did not come from a page of this dashboard. Load the page anew and try again.',
      )
    }
    if (!allows(visitor.role, action.role)) {
      site.audit.add(visitor.user, name, [], `denied: needs the role ${action.role}`)
      throw new Problem(403, 'Not allowed', `This needs the role ${action.role}; yours is ${visitor.role}.`)
    }
    const done = await action.run(site, form)
    site.changed()
    site.audit.add(visitor.user, name, done.target, done.flash.text)
    if (wantsJson(c)) return c.json(done)
    setFlash(c, site, done.flash)
    return c.redirect(backTo(site, form.get('back')), 303)
  })
}

async function readForm(c: Context): Promise<URLSearchParams> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
    throw new Problem(415, 'Unknown form', 'Send a form: application/x-www-form-urlencoded.')
  }
  return new URLSearchParams(await c.req.text())
}

/** Only ever to a page of this dashboard. */
function backTo(site: Site, back: string | null): string {
  const safe = back !== null && /^\/(?![/\\])[^\\\s]*$/.test(back) && back.length < LONGEST_URL ? back : '/'
  return `${site.base}${safe}`
}

function strangers(site: Site, c: Context): Response {
  if (!site.guard.hasLogin || wantsJson(c) || c.req.method !== 'GET' || c.req.path === '/live') {
    throw new Problem(401, 'Not logged in', 'Log in first.')
  }
  const { search } = new URL(c.req.url)
  const next = `${c.req.path}${search}`
  return c.redirect(`${site.base}/login${next === '/' ? '' : `?next=${encodeURIComponent(next)}`}`, 303)
}

function showProblem(site: Site, c: Context, problem: Problem): Response | Promise<Response> {
  const status = problem.status as ContentfulStatusCode
  const headers: Record<string, string> =
    problem.status === 401 && site.guard.hasLogin ? { 'www-authenticate': 'Bearer' } : {}
  if (wantsJson(c)) {
    const { title, message: detail, field } = problem
    const body = { type: 'about:blank', title, status, detail, ...(field === null ? {} : { field }) }
    return c.json(body, status, { ...headers, 'content-type': 'application/problem+json' })
  }
  return c.html(
    <ErrorView base={site.base} status={status} title={problem.title} detail={problem.message} />,
    status,
    headers,
  )
}

/** True where a program asks. */
function wantsJson(c: Context): boolean {
  return (c.req.header('accept') ?? '').includes('application/json')
}

/** The path below the base. Some frameworks take the base off before they hand a request on. */
function pathBelow(base: string, url: string): string {
  const { pathname } = new URL(url)
  const path =
    base !== '' && (pathname === base || pathname.startsWith(`${base}/`))
      ? pathname.slice(base.length)
      : pathname
  return path === '' ? '/' : path.length > 1 ? path.replace(/\/+$/, '') || '/' : path
}
