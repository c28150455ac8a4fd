import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../src/contract/index.ts'
import {
  type AuditEntry,
  type DashboardOptions,
  dashboardHandler,
  hashPassword,
} from '../../src/dashboard/index.ts'
import type { JobsPage } from '../../src/dashboard/protocol.ts'
import { LoginLimit } from '../../src/dashboard/server/access/login-limit.ts'
import { ACTIONS } from '../../src/dashboard/server/actions/actions.ts'
import { task } from '../../src/engine/task.ts'
import { greet, makeApp, ORIGIN, Visitor, visit, work } from './scene.ts'

const TOKEN = 'a-token-of-some-thirty-letters'
const VIEW_TOKEN = 'another-token-that-only-looks'
const OPERATE_TOKEN = 'a-third-token-that-may-operate'
const tokens = [
  { name: 'boss', token: TOKEN },
  { name: 'reader', token: VIEW_TOKEN, role: 'view' },
  { name: 'operator', token: OPERATE_TOKEN, role: 'operate' },
] as const

async function loggedIn(
  handler: (request: Request) => Promise<Response>,
  secret: string,
  name = '',
): Promise<Visitor> {
  const visitor = new Visitor(handler)
  const response = await visitor.send('/login', {
    method: 'POST',
    body: new URLSearchParams({ name, secret }),
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  expect(response.status).toBe(303)
  return visitor
}

describe('who is let in', () => {
  test('nobody guards it: it is not made', () => {
    const app = makeApp()
    expect(() => dashboardHandler(app, {})).toThrow(InvalidOptionError)
    expect(() => dashboardHandler(app, {})).toThrow('Nobody guards this dashboard')
    expect(() => dashboardHandler(app, { open: true, tokens })).toThrow('open')
    expect(() => dashboardHandler(app, { tokens: [{ name: 'x', token: 'short' }] })).toThrow('tokens.0.token')
    expect(() => dashboardHandler(app, { users: [{ name: 'x', passwordHash: 'plain text' }] })).toThrow(
      'users.0.passwordHash',
    )
    expect(() => dashboardHandler(app, { open: true, basePath: '//evil.test' })).toThrow('basePath')
    expect(() => dashboardHandler(app, { opne: true } as DashboardOptions)).toThrow("Did you mean 'open'")
  })

  test('strangers see nothing but the log-in, on every page and action', async () => {
    const app = makeApp()
    const { id } = await app.enqueue(greet, { name: 'private' })
    const stranger = visit(app, { tokens })
    await app.schedules.put('s', { task: greet, every: '1h', input: {} })
    const paths = [
      '/',
      '/queues',
      '/jobs',
      `/jobs/${id}`,
      '/failures',
      '/schedules',
      '/schedules/s',
      '/workers',
    ]
    for (const path of [...paths, '/audit']) {
      const response = await stranger.send(path)
      expect([path, response.status]).toEqual([path, 303])
      expect(response.headers.get('location')).toMatch(/^\/login/)
      expect((await stranger.send(path, { headers: { accept: 'application/json' } })).status).toBe(401)
    }
    expect((await stranger.send('/live')).status).toBe(401)
    for (const action of Object.keys(ACTIONS)) {
      expect(
        (
          await stranger.submit(
            `/do/${action}`,
            [
              ['id', id],
              ['queue', 'default'],
              ['schedule', 's'],
            ],
            'x',
          )
        ).status,
      ).toBe(401)
    }
    expect((await app.schedules.get('s'))?.paused).toBe(false)
    expect((await app.schedules.history('s')).firings).toEqual([])
    expect((await app.get(id))?.state).toBe('pending')
  })

  test('users log in with a password, and out for good', async () => {
    const passwordHash = await hashPassword('correct horse battery')
    const handler = dashboardHandler(makeApp(), { users: [{ name: 'anna', passwordHash, role: 'operate' }] })
    const anna = await loggedIn(handler, 'correct horse battery', 'anna')
    expect(await anna.page('/')).toContain('anna')
    const copy = new Visitor(handler)
    copy.headers = {
      cookie: `millrace_session=${(await cookieOf(handler, 'correct horse battery', 'anna')).value}`,
    }
    expect((await copy.send('/')).status).toBe(200)
    expect((await copy.submit('/logout', [])).status).toBe(303)
    expect((await copy.send('/')).status).toBe(303)
    expect((await anna.send('/')).status).toBe(200)
  })

  test('the session cookie is kept from scripts and from other sites, and is not to be forged', async () => {
    const handler = dashboardHandler(makeApp(), { tokens })
    const { header, value } = await cookieOf(handler, TOKEN)
    expect(header).toMatch(/HttpOnly/i)
    expect(header).toMatch(/SameSite=Lax/i)
    const [payload = '', signature = ''] = value.split('.')
    const facts = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const raised = Buffer.from(JSON.stringify({ ...facts, user: 'boss', until: 9e15 })).toString('base64url')
    for (const forged of [
      `${raised}.${signature}`,
      payload,
      `${payload}.`,
      `.${signature}`,
      `${value}.x`,
      'null',
    ]) {
      const visitor = new Visitor(handler, '', { cookie: `millrace_session=${forged}` })
      expect([forged, (await visitor.send('/')).status]).toEqual([forged, 303])
    }
  })

  test('guessing is slowed down', async () => {
    const passwordHash = await hashPassword('correct horse battery')
    const handler = dashboardHandler(makeApp(), { users: [{ name: 'anna', passwordHash }] })
    const visitor = new Visitor(handler)
    const guess = (name: string, secret: string): Promise<Response> =>
      visitor.send('/login', { method: 'POST', body: new URLSearchParams({ name, secret }) })
    // At once, as a slow machine would otherwise sit out the wait in between.
    const together = await Promise.all(
      Array.from({ length: 9 }, (_, attempt) => guess('anna', `guess ${attempt}`)),
    )
    const statuses = together.map(({ status }) => status)
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(5)
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(4)
    const limit = new LoginLimit(() => 0)
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(limit.waitMs(['nobody'])).toBe(0)
      await limit.attempt(['nobody'], async () => false)
    }
    expect(limit.waitMs(['nobody'])).toBe(2_000)
    await limit.attempt(['nobody'], async () => false)
    expect(limit.waitMs(['nobody'])).toBe(4_000)
    expect(limit.waitMs(['somebody else'])).toBe(0)
    await limit.attempt(['nobody'], async () => true)
    expect(limit.waitMs(['nobody'])).toBe(0)
  })

  test('the application’s own log-in decides, for each request', async () => {
    const app = makeApp()
    const handler = dashboardHandler(app, {
      authorize: (request) => {
        const user = request.headers.get('x-user')
        return user === null ? null : { user, role: user === 'root' ? 'admin' : 'view' }
      },
    })
    expect((await new Visitor(handler).send('/')).status).toBe(401)
    expect(await new Visitor(handler, '', { 'x-user': 'eve' }).page('/')).toContain('eve')
    const eve = new Visitor(handler, '', { 'x-user': 'eve' })
    const root = new Visitor(handler, '', { 'x-user': 'root' })
    expect((await eve.submit('/do/queue.pause', [['queue', 'default']])).status).toBe(403)
    // A proof belongs to whom it was given.
    expect((await root.submit('/do/queue.pause', [['queue', 'q']], await eve.csrf())).status).toBe(403)
    expect((await root.submit('/do/queue.pause', [['queue', 'q']])).status).toBe(303)
  })

  test('an open dashboard answers to its own names only', async () => {
    const visitor = visit(makeApp(), { hosts: ['localhost', '127.0.0.1'] })
    expect((await visitor.send('/', { headers: { host: 'localhost:4600' } })).status).toBe(200)
    expect((await visitor.send('/', { headers: { host: 'rebound.evil.test' } })).status).toBe(421)
  })
})

async function cookieOf(handler: (request: Request) => Promise<Response>, secret: string, name = '') {
  const body = new URLSearchParams({ name, secret })
  const response = await handler(new Request(`${ORIGIN}/login`, { method: 'POST', body }))
  const header = response.headers.getSetCookie().find((one) => one.startsWith('millrace_session=')) ?? ''
  return { header, value: /=([^;]+)/.exec(header)?.[1] ?? '' }
}

describe('who may do what', () => {
  test('each action asks for its role, and read-only takes all of them away', async () => {
    const app = makeApp()
    const audit: AuditEntry[] = []
    const handler = dashboardHandler(app, { tokens, onAudit: (entry) => audit.push(entry) })
    const readOnly = dashboardHandler(app, { tokens, readOnly: true })
    const reader = await loggedIn(handler, VIEW_TOKEN)
    const operator = await loggedIn(handler, OPERATE_TOKEN)
    const boss = await loggedIn(readOnly, TOKEN)
    await app.schedules.put('s', { task: greet, every: '1h', input: {} })
    const schedule = async () => ({
      paused: (await app.schedules.get('s'))?.paused,
      firings: (await app.schedules.history('s')).firings.length,
    })
    // What the operator may do is undone, so that the next refusal can be told from it.
    const undo = async () => {
      await app.schedules.remove('s')
      await app.schedules.put('s', { task: greet, every: '1h', input: {} })
    }
    for (const [name, { role }] of Object.entries(ACTIONS)) {
      const { id } = await app.enqueue(greet, {})
      const fields = [
        ['id', id],
        ['queue', 'default'],
        ['worker', 'w'],
        ['schedule', 's'],
      ] as const
      expect([name, (await reader.submit(`/do/${name}`, fields)).status]).toEqual([name, 403])
      expect([name, (await boss.submit(`/do/${name}`, fields)).status]).toEqual([name, 403])
      expect((await app.get(id))?.state).toBe('pending')
      expect(await schedule()).toEqual({ paused: false, firings: 0 })
      const tried = (await operator.submit(`/do/${name}`, fields)).status
      expect([name, tried === 403]).toEqual([name, role === 'admin'])
      await undo()
    }
    expect(
      audit.filter(({ user, outcome }) => user === 'reader' && outcome.startsWith('denied')),
    ).toHaveLength(Object.keys(ACTIONS).length)
  })

  test('buttons that would be refused are not shown', async () => {
    const app = makeApp()
    await app.enqueue(greet, {})
    const handler = dashboardHandler(app, { tokens })
    const reader = await loggedIn(handler, VIEW_TOKEN)
    await app.schedules.put('s', { task: greet, every: '1h', input: {} })
    for (const path of ['/queues', '/jobs', '/schedules', '/schedules/s', '/workers'])
      expect(await reader.page(path)).not.toContain('/do/')
    const operator = await loggedIn(handler, OPERATE_TOKEN)
    expect(await operator.page('/queues')).toContain('/do/queue.pause')
    expect(await operator.page('/queues')).not.toContain('/do/queue.drain')
    expect(await operator.page('/schedules')).toContain('/do/schedule.pause')
    expect(await operator.page('/schedules/s')).toContain('/do/schedule.run')
  })

  test('a program acts with its token, and needs no proof', async () => {
    const app = makeApp()
    const program = visit(app, { tokens })
    program.headers = { authorization: `Bearer ${OPERATE_TOKEN}`, accept: 'application/json' }
    const body = new URLSearchParams({ queue: 'mail' })
    const response = await program.send('/do/queue.pause', { method: 'POST', body })
    expect(await response.json()).toMatchObject({ target: ['mail'], flash: { tone: 'good' } })
    expect(await app.queues.paused()).toEqual(['mail'])
  })
})

describe('requests from elsewhere', () => {
  const attempts: readonly (readonly [string, Record<string, string>, boolean])[] = [
    [
      'another site, with a stolen proof',
      { origin: 'http://evil.test', 'sec-fetch-site': 'cross-site' },
      true,
    ],
    [
      'another origin of the same site',
      { origin: 'http://other.jobs.test', 'sec-fetch-site': 'same-site' },
      true,
    ],
    ['an older browser that only says the origin', { origin: 'http://evil.test' }, true],
    ['a hidden origin', { origin: 'null' }, true],
    ['the right origin without a proof', { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }, false],
  ]
  test.each(attempts)('%s changes nothing', async (_who, headers, proven) => {
    const app = makeApp()
    const { id } = await app.enqueue(greet, {})
    const visitor = visit(app)
    const body = new URLSearchParams({ id, csrf: proven ? await visitor.csrf() : 'guessed' })
    const response = await visitor.send('/do/job.delete', { method: 'POST', body, headers })
    expect(response.status).toBe(403)
    expect(await app.get(id)).not.toBeNull()
    await app.schedules.put('s', { task: greet, every: '1h', input: {} })
    body.set('schedule', 's')
    for (const action of ['pause', 'resume', 'run']) {
      const answer = await visitor.send(`/do/schedule.${action}`, { method: 'POST', body, headers })
      expect([action, answer.status]).toEqual([action, 403])
    }
    expect((await app.schedules.get('s'))?.paused).toBe(false)
    expect((await app.schedules.history('s')).firings).toEqual([])
  })

  test('nothing is changed by following a link', async () => {
    const app = makeApp()
    const { id } = await app.enqueue(greet, {})
    expect((await visit(app).send(`/do/job.delete?id=${id}`)).status).toBe(404)
    expect(await app.get(id)).not.toBeNull()
  })

  test('an answer leads only to pages of the dashboard', async () => {
    const visitor = visit(makeApp(), { basePath: '/admin' })
    for (const back of [
      '//evil.test',
      'https://evil.test',
      '/\\evil.test',
      '\\\\evil.test',
      '/ok\r\nx: y',
      '',
    ]) {
      const response = await visitor.submit('/do/queue.pause', [
        ['queue', 'q'],
        ['back', back],
      ])
      expect([back, response.headers.get('location')]).toEqual([back, '/admin/'])
    }
    const login = visit(makeApp(), { tokens })
    const body = new URLSearchParams({ name: '', secret: TOKEN, next: '//evil.test' })
    expect((await login.send('/login', { method: 'POST', body })).headers.get('location')).toBe('/')
  })
})

describe('what jobs carry', () => {
  const evil = `"><script>window.hit=1</script><img src=x onerror=alert(1)>'\`{{7*7}}</textarea>`

  test('no field of a job becomes markup, on any page', async () => {
    const name = `task ${evil}`.slice(0, 120)
    const bad = task(name, {
      queue: `queue ${evil}`.slice(0, 120),
      retry: false,
      run(_input: unknown, job) {
        job.progress(50, evil)
        job.log.info(evil, { [evil]: evil })
        const error = new Error(evil, { cause: Object.assign(new Error(evil), { code: evil }) })
        error.name = evil
        error.stack = `${evil}\n    at ${evil} (file.ts:1:1)`
        throw error
      },
    })
    const app = makeApp(bad)
    const good = task(`good ${evil}`.slice(0, 120), { run: () => ({ [evil]: evil }) })
    app.register(good)
    const id = `id ${evil}`.slice(0, 120)
    const options = { tags: [evil.slice(0, 100)], meta: { [evil]: evil } }
    await app.enqueue(bad, { [evil]: [evil] }, { id, ...options })
    const done = await app.enqueue(good, undefined, options)
    const waiting = await app.enqueue(bad, evil, { delay: '1h', ...options })
    await app.schedules.put(evil.slice(0, 100), { task: bad, every: '1h', input: { [evil]: evil } })
    await app.schedules.runNow(evil.slice(0, 100))
    await work(app)
    const visitor = visit(app)
    const paths = [
      ...['/', '/queues', '/jobs', '/failures', '/schedules', '/workers', '/audit'],
      `/schedules/${encodeURIComponent(evil.slice(0, 100))}`,
      ...[id, done.id, waiting.id].map((one) => `/jobs/${encodeURIComponent(one)}`),
      `/jobs?q=${encodeURIComponent(evil)}&task=${encodeURIComponent(evil)}&tag=${encodeURIComponent(evil)}&queue=${encodeURIComponent(evil)}`,
    ]
    await visitor.act('job.retry', ['id', id], ['back', `/jobs?q=${encodeURIComponent(evil)}`])
    for (const path of paths) {
      const response = await visitor.send(path)
      expect([path, response.status]).toEqual([path, 200])
      const html = await response.text()
      // As text or in an attribute it may stand; as markup it would begin so.
      expect([path, /.{40}(<script>|<img|<\/textarea).{40}/.exec(html)?.[0]]).toEqual([path, undefined])
    }
    expect(await visitor.page(`/jobs/${encodeURIComponent(id)}`)).toContain('&lt;script&gt;')
    expect((await visitor.send('/login')).status).toBe(404)
  })
})

describe('requests that make no sense', () => {
  test('headers say what a browser must not do, on every answer', async () => {
    const visitor = visit(makeApp())
    const asset = /\/assets\/script-\w+\.js/.exec(await visitor.page('/'))?.[0] ?? ''
    for (const path of ['/', '/none', '/jobs/none', asset]) {
      const { headers } = await visitor.send(path)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect([path, headers.get('cache-control')]).toEqual([
        path,
        path === asset ? 'public, max-age=31536000, immutable' : 'no-store',
      ])
    }
  })

  test('paths lead nowhere but to pages and assets', async () => {
    const visitor = visit(makeApp())
    const paths = [
      ...['/assets/../package.json', '/assets/..%2f..%2fpackage.json', '/assets/%2e%2e%2fserver', '/assets/'],
      ...[
        '/assets/constructor',
        '/do/constructor',
        '/jobs/..%2f..%2fetc',
        '/%00',
        '/jobs/%ff',
        '//evil.test/',
      ],
    ]
    for (const path of paths) expect([path, (await visitor.send(path)).status]).toEqual([path, 404])
  })

  test('what is too large or of another kind is refused before it is read', async () => {
    const visitor = visit(makeApp())
    const csrf = await visitor.csrf()
    const large = new URLSearchParams({ csrf, id: 'x'.repeat(1_100_000) })
    expect((await visitor.send('/do/job.retry', { method: 'POST', body: large })).status).toBe(413)
    expect(
      (
        await visitor.send('/do/job.retry', {
          method: 'POST',
          body: '{}',
          headers: { 'content-type': 'application/json' },
        })
      ).status,
    ).toBe(415)
    expect((await visitor.send(`/jobs?q=${'x'.repeat(9_000)}`)).status).toBe(414)
    expect((await visitor.send('/', { method: 'PUT' })).status).toBe(404)
    expect((await visitor.submit('/do/job.none', [])).status).toBe(404)
  })

  test('a program gets problem details with the field', async () => {
    const visitor = visit(makeApp())
    const csrf = await visitor.csrf()
    visitor.headers = { accept: 'application/json' }
    const response = await visitor.submit('/do/queue.pause', [], csrf)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(await response.json()).toMatchObject({ status: 400, title: 'That cannot be done', field: 'queue' })
  })

  test('whatever is asked for, the answer is a page', { timeout: 60_000 }, async () => {
    const app = makeApp()
    await app.enqueueMany(greet, [{}, {}, {}])
    await app.schedules.put('s', { task: greet, every: '1h', input: {} })
    const visitor = visit(app)
    const csrf = await visitor.csrf()
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('state', 'q', 'after', 'order', 'tag', 'failed', '1', '-1', '%'),
    )
    const query = fc.array(fc.tuple(word, word), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/', '/jobs', '/failures', '/queues', '/schedules', '/schedules/s'),
        query,
        async (path, pairs) => {
          const params = new URLSearchParams(
            pairs.map(([name, value]): [string, string] => [wellFormed(name), wellFormed(value)]),
          )
          expect((await visitor.send(`${path}?${params}`)).status).toBeLessThan(500)
        },
      ),
      { numRuns: 60 },
    )
    const fields = fc.array(
      fc.tuple(
        fc.constantFrom('id', 'queue', 'schedule', 'worker', 'fingerprint', 'matching', 'back'),
        fc.string(),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(ACTIONS)), fields, async (action, pairs) => {
        const given = pairs.map(([name, value]) => [name, wellFormed(value)] as const)
        expect((await visitor.submit(`/do/${action}`, given, csrf)).status).toBeLessThan(500)
      }),
      { numRuns: 60 },
    )
  })

  test('an old bookmark with a strange cursor is told so', async () => {
    const response = await visit(makeApp()).send('/jobs?after=nonsense')
    expect(response.status).toBe(400)
    const page = await visit(makeApp()).model<JobsPage>('/jobs?state=nonsense&order=sideways')
    expect(page.query).toMatchObject({ state: [], order: 'newest' })
  })
})

/** Without halves of surrogate pairs, which no form can carry. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '?')
}
