/**
 * Who sends a request: the application's own log-in, a session, a bearer token, or anybody where it is open.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { Access, DashboardOptions } from '../options.ts'
import { LoginLimit } from './login-limit.ts'
import { verifyPassword } from './password.ts'
import { type Signing, sameText } from './signing.ts'

const SESSION_MS = 12 * 60 * 60_000
/** Verified where there is no such user, so that the time does not tell who exists. */
const NOBODY = `scrypt$32768$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** Somebody who was let in. */
export interface Visitor extends Access {
  /** How they came in: what needs a proof that a form is ours, and what can be logged out. */
  readonly by: 'open' | 'authorize' | 'session' | 'bearer'
  /** Tells sessions of one user apart; '' for others. */
  readonly session: string
}

/** What came of a log-in: a session to keep in a cookie, or how long to wait. */
export type LoginResult =
  | { readonly ok: true; readonly cookie: string; readonly access: Access }
  | { readonly ok: false; readonly waitMs: number }

/** Lets people in. */
export class Guard {
  readonly #options: DashboardOptions
  readonly #signing: Signing
  readonly #limit: LoginLimit
  /** Logged out before their time; forgotten once that is over. */
  readonly #ended = new Map<string, number>()

  constructor(options: DashboardOptions, signing: Signing, limit = new LoginLimit()) {
    this.#options = options
    this.#signing = signing
    this.#limit = limit
  }

  /** True where people log in here. */
  get hasLogin(): boolean {
    return (this.#options.users ?? []).length > 0 || (this.#options.tokens ?? []).length > 0
  }

  /** Who it is, or null. */
  async visitor(request: Request, cookie: string | undefined): Promise<Visitor | null> {
    const found = await this.#find(request, cookie)
    if (found === null || this.#options.readOnly !== true) return found
    return { ...found, role: 'view' }
  }

  async #find(request: Request, cookie: string | undefined): Promise<Visitor | null> {
    if (this.#options.open === true) return { user: 'local', role: 'admin', by: 'open', session: '' }
    const own = (await this.#options.authorize?.(request)) ?? null
    if (own !== null) return { user: own.user, role: own.role, by: 'authorize', session: '' }
    const bearer = /^Bearer (\S{1,512})$/.exec(request.headers.get('authorization') ?? '')?.[1]
    const holder = bearer === undefined ? null : this.#holderOf(bearer)
    if (holder !== null) return { ...holder, by: 'bearer', session: '' }
    return cookie === undefined ? null : this.#session(cookie)
  }

  /** Checks name and password, or a token alone. */
  async login(request: Request, name: string, secret: string): Promise<LoginResult> {
    const address = this.#options.addressOf?.(request) ?? null
    const keys = [`name:${name.slice(0, 128)}`, ...(address === null ? [] : [`address:${address}`])]
    const waitMs = this.#limit.waitMs(keys)
    if (waitMs > 0) return { ok: false, waitMs }
    let access: Access | null = null
    await this.#limit.attempt(keys, async () => {
      access = name === '' ? this.#holderOf(secret) : await this.#userOf(name, secret)
      return access !== null
    })
    if (access === null) return { ok: false, waitMs: 0 }
    return { ok: true, cookie: this.#seal(access), access }
  }

  /** Ends a session before its time. */
  logout(visitor: Visitor): void {
    const now = Date.now()
    for (const [session, until] of this.#ended) if (until < now) this.#ended.delete(session)
    if (visitor.session !== '') this.#ended.set(visitor.session, now + SESSION_MS)
  }

  /** The proof that goes with forms on this visitor's pages. */
  csrfToken(visitor: Visitor): string {
    // Salted, so that no two pages have the same secret for somebody to guess by how well they compress.
    const salt = randomBytes(9).toString('base64url')
    return `${salt}.${this.#signing.sign('csrf', `${salt}\0${proofOf(visitor)}`)}`
  }

  isCsrfToken(visitor: Visitor, token: string): boolean {
    const [salt = '', signature = ''] = token.split('.')
    return this.#signing.verify('csrf', `${salt}\0${proofOf(visitor)}`, signature)
  }

  #holderOf(secret: string): Access | null {
    let holder: Access | null = null
    // All are compared, whichever fits.
    for (const { name, token, role = 'admin' } of this.#options.tokens ?? []) {
      if (sameText(token, secret)) holder = { user: name, role }
    }
    return holder
  }

  async #userOf(name: string, password: string): Promise<Access | null> {
    const user = (this.#options.users ?? []).find((one) => one.name === name)
    const good = await verifyPassword(password, user?.passwordHash ?? NOBODY)
    return good && user !== undefined ? { user: user.name, role: user.role ?? 'admin' } : null
  }

  #seal(access: Access): string {
    const facts = {
      user: access.user,
      id: randomBytes(12).toString('base64url'),
      until: Date.now() + SESSION_MS,
    }
    return this.#signing.seal('session', JSON.stringify(facts))
  }

  /** The role is looked up anew, so that one that was taken away is gone with the next start. */
  #session(cookie: string): Visitor | null {
    const text = this.#signing.open('session', cookie)
    if (text === null) return null
    const { user, id, until } = JSON.parse(text) as { user: string; id: string; until: number }
    if (until < Date.now() || this.#ended.has(id)) return null
    const { users = [], tokens = [] } = this.#options
    const known = [...users, ...tokens].find(({ name }) => name === user)
    if (known === undefined) return null
    return { user, role: known.role ?? 'admin', by: 'session', session: id }
  }
}

function proofOf(visitor: Visitor): string {
  return `${visitor.by}\0${visitor.user}\0${visitor.session}`
}
