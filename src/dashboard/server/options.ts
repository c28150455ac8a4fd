/**
 * The options of `dashboardHandler()`, checked: without somebody who guards it there is no dashboard.
 * @module
 */
import { InvalidOptionError, type Millrace } from '../../contract/index.ts'
import { checkInteger, checkKeys, checkName } from '../../kit/check.ts'
import { show } from '../../kit/show.ts'
import { ROLES, type Role } from '../protocol.ts'
import { isPasswordHash } from './access/password.ts'

/** The part of an app that the dashboard uses. */
export type DashboardApp = Pick<
  Millrace,
  | 'tasks'
  | 'ready'
  | 'get'
  | 'list'
  | 'attempts'
  | 'logs'
  | 'cancel'
  | 'retry'
  | 'delete'
  | 'queues'
  | 'schedules'
  | 'workers'
  | 'info'
>

/** Who somebody is, and what they may do. */
export interface Access {
  /** Shown on the page and written into the audit trail. */
  readonly user: string
  readonly role: Role
}

/** Somebody who logs in with a password. */
export interface DashboardUser {
  readonly name: string
  /** Made with `hashPassword()` or `millrace dashboard --hash-password`. */
  readonly passwordHash: string
  /** Default `admin`. */
  readonly role?: Role
}

/** A secret that is itself the access: for programs, and for teams too small for users. */
export interface DashboardToken {
  /** Names its holder in the audit trail. */
  readonly name: string
  /** At least 24 characters. */
  readonly token: string
  /** Default `admin`. */
  readonly role?: Role
}

/** One thing that somebody did, or tried. */
export interface AuditEntry {
  readonly at: number
  readonly user: string
  /** Such as `job.retry` or `login`. */
  readonly action: string
  /** Ids or names it was about. */
  readonly target: readonly string[]
  /** `done`, `denied`, or what it came to. */
  readonly outcome: string
}

/** What is not shown of payloads. */
export interface RedactOptions {
  /** Further names of fields whose values are hidden; case, dashes and underscores do not matter. */
  readonly names?: readonly string[]
  /** Paths whose values are hidden, such as `customer.address` or `items.*.iban`. */
  readonly paths?: readonly string[]
  /** False shows also what is hidden by default: fields named like passwords, tokens and keys. */
  readonly defaults?: boolean
}

/** Options of `dashboardHandler()`. One of `authorize`, `users`, `tokens` and `open` is needed. */
export interface DashboardOptions {
  /** The path under which it is mounted, as a browser sees it. Default `/`. */
  readonly basePath?: string
  /** The application's own log-in: who sends this request, and null for nobody. */
  readonly authorize?: (request: Request) => Access | null | Promise<Access | null>
  readonly users?: readonly DashboardUser[]
  readonly tokens?: readonly DashboardToken[]
  /** True: whoever reaches it is an admin. Only where something else guards it, such as a loopback address. */
  readonly open?: boolean
  /** Nobody can change anything, whatever their role. Default false. */
  readonly readOnly?: boolean
  /** Hosts it answers to, such as `jobs.example.com`. Default: any. */
  readonly hosts?: readonly string[]
  readonly redact?: RedactOptions
  /** Told of everything that is done or denied. */
  readonly onAudit?: (entry: AuditEntry) => void
  /** How often the store is looked at while a page is open, in ms, 500 to 60,000. Default 2,000. */
  readonly sampleEveryMs?: number
  /** Signs sessions. Give one where several processes serve the dashboard. At least 32 characters; default: random. */
  readonly secret?: string
  /** Where a request comes from, to limit attempts to log in by address. Default: only by name. */
  readonly addressOf?: (request: Request) => string | null
}

const KEYS = [
  'basePath',
  'authorize',
  'users',
  'tokens',
  'open',
  'readOnly',
  'hosts',
  'redact',
  'onAudit',
  'sampleEveryMs',
  'secret',
  'addressOf',
] as const satisfies readonly (keyof DashboardOptions)[]

const SHORTEST_TOKEN = 24
const SHORTEST_SECRET = 32

/**
 * Checks the options.
 * @throws InvalidOptionError where one is wrong, or nobody guards the dashboard.
 */
export function checkDashboardOptions(options: DashboardOptions): void {
  checkKeys(options, KEYS, 'dashboardHandler()')
  const { authorize, users = [], tokens = [], open = false, secret, sampleEveryMs = 2000 } = options
  if (authorize === undefined && users.length === 0 && tokens.length === 0 && !open) {
    throw new InvalidOptionError(
      'authorize',
      'Nobody guards this dashboard. Give users, tokens or your own authorize(request), or open: true where only ' +
        'trusted people can reach it.',
    )
  }
  if (open && (authorize !== undefined || users.length > 0 || tokens.length > 0)) {
    throw new InvalidOptionError(
      'open',
      'open: true lets everybody in: leave it out, or leave the guards out.',
    )
  }
  checkInteger(sampleEveryMs, 'sampleEveryMs', 500, 60_000)
  if (secret !== undefined && (typeof secret !== 'string' || secret.length < SHORTEST_SECRET)) {
    throw new InvalidOptionError('secret', `secret must have at least ${SHORTEST_SECRET} characters.`)
  }
  for (const [index, user] of users.entries()) checkUser(user, `users.${index}`)
  for (const [index, token] of tokens.entries()) checkToken(token, `tokens.${index}`)
  basePathOf(options)
}

/** The base path without a slash at its end: '' for the root. */
export function basePathOf({ basePath = '/' }: Pick<DashboardOptions, 'basePath'>): string {
  const path = basePath.replace(/\/+$/, '')
  if (path === '' || /^(\/[\w.~-]+)+$/.test(path)) return path
  throw new InvalidOptionError(
    'basePath',
    `basePath must be a path such as /admin/jobs, of letters, digits and -_.~, got ${show(basePath)}.`,
  )
}

function checkUser(user: DashboardUser, field: string): void {
  checkKeys(user, ['name', 'passwordHash', 'role'], field)
  checkName(user.name, `${field}.name`)
  checkRole(user.role, field)
  if (isPasswordHash(user.passwordHash)) return
  throw new InvalidOptionError(
    `${field}.passwordHash`,
    `${field}.passwordHash must be made with hashPassword() or \`millrace dashboard --hash-password\`.`,
  )
}

function checkToken(token: DashboardToken, field: string): void {
  checkKeys(token, ['name', 'token', 'role'], field)
  checkName(token.name, `${field}.name`)
  checkRole(token.role, field)
  if (typeof token.token === 'string' && token.token.length >= SHORTEST_TOKEN) return
  throw new InvalidOptionError(
    `${field}.token`,
    `${field}.token must have at least ${SHORTEST_TOKEN} characters, such as \`openssl rand -hex 24\` makes.`,
  )
}

function checkRole(role: unknown, field: string): void {
  if (role === undefined || ROLES.some((known) => known === role)) return
  throw new InvalidOptionError(
    `${field}.role`,
    `${field}.role must be one of ${ROLES.join(', ')}, got ${show(role)}.`,
  )
}
