/**
 * A dashboard over a real SQLite file, and a browser's manners without a browser.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { millrace } from '../../src/app/millrace.ts'
import type { AnyTask, Millrace } from '../../src/contract/index.ts'
import { type DashboardOptions, dashboardHandler } from '../../src/dashboard/index.ts'
import { task } from '../../src/engine/task.ts'

/** Where the dashboard pretends to be. */
export const ORIGIN = 'http://jobs.test'

/** Ends well. */
export const greet = task('greet', { run: (input: { name?: string }) => ({ hello: input.name ?? 'nobody' }) })
/** Fails for good at once. */
export const broken = task('broken', {
  queue: 'bad',
  retry: false,
  run(input: { n: number }) {
    throw new Error(`it broke for ${input.n}`, { cause: new Error('the reason') })
  },
})

/** An app on a file of its own, closed after the test. */
export function makeApp(...tasks: readonly AnyTask[]): Millrace {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-dashboard-'))
  const app = millrace({ backend: `sqlite:${join(folder, 'jobs.db')}`, tasks: [greet, broken, ...tasks] })
  onTestFinished(async () => {
    await app.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return app
}

/** Runs what is due, until nothing is left. */
export async function work(app: Millrace): Promise<void> {
  const worker = app.worker({ slots: 4 })
  await worker.start()
  await worker.idle()
  await worker.stop()
}

/** What one visitor does. */
export class Visitor {
  readonly base: string
  readonly handler: (request: Request) => Promise<Response>
  headers: Readonly<Record<string, string>>
  readonly #cookies = new Map<string, string>()

  constructor(
    handler: (request: Request) => Promise<Response>,
    base = '',
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.handler = handler
    this.base = base
    this.headers = headers
  }

  /** Sends a request as it is, with the cookies that there are. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ ...this.headers, ...(init.headers as Record<string, string> | undefined) })
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    if (cookies !== '') headers.set('cookie', cookies)
    const response = await this.handler(
      new Request(`${ORIGIN}${this.base}${path}`, { ...init, headers, redirect: 'manual' }),
    )
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (/max-age=0/i.test(cookie)) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    return response
  }

  /** The page's text. */
  async page(path: string): Promise<string> {
    return (await this.send(path)).text()
  }

  /** The page's model. */
  async model<T>(path: string): Promise<T> {
    return (await this.send(path, { headers: { accept: 'application/json' } })).json() as Promise<T>
  }

  /** The proof that goes with this visitor's forms. */
  async csrf(): Promise<string> {
    return /data-csrf="([^"]+)"/.exec(await this.page('/audit'))?.[1] ?? ''
  }

  /** Sends a form as one of the pages would. */
  async submit(
    path: string,
    fields: readonly (readonly [string, string])[],
    proof?: string,
  ): Promise<Response> {
    const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]))
    body.set('csrf', proof ?? (await this.csrf()))
    return this.send(path, {
      method: 'POST',
      body,
      headers: { origin: ORIGIN, 'sec-fetch-site': 'same-origin' },
    })
  }

  /** Does something and answers what the next page says of it. */
  async act(action: string, ...fields: readonly (readonly [string, string])[]): Promise<string> {
    const response = await this.submit(`/do/${action}`, fields)
    if (response.status !== 303) return `${response.status}: ${await response.text()}`
    const next = (response.headers.get('location') ?? '').slice(this.base.length)
    return /class="notice \w+" role="status"[^>]*>([^<]*)/.exec(await this.page(next))?.[1] ?? ''
  }
}

/** A visitor of an open dashboard. */
export function visit(app: Millrace, options: Partial<DashboardOptions> = {}): Visitor {
  const guarded = options.users ?? options.tokens ?? options.authorize
  const handler = dashboardHandler(app, { ...(guarded === undefined ? { open: true } : {}), ...options })
  return new Visitor(handler, options.basePath ?? '')
}
