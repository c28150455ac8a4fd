/**
 * Who guards the dashboard that the command serves: users of a file, a token of the environment, or the machine.
 * @module
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DashboardToken, DashboardUser } from '../../dashboard/index.ts'
import { usageError } from '../failure.ts'
import type { Shell } from '../shell.ts'

const TOKEN = 'MILLRACE_DASHBOARD_TOKEN'

/** Users and tokens; both are empty where nobody was named. */
export interface Guards {
  readonly users: readonly DashboardUser[]
  readonly tokens: readonly DashboardToken[]
}

/** Reads them. What is wrong with a user or a token, the handler says. @throws CommandError */
export function guardsOf({ users, shell }: { users: string | undefined; shell: Shell }): Guards {
  const token = shell.env[TOKEN] ?? ''
  return {
    users: users === undefined ? [] : readUsers(resolve(shell.cwd, users), users),
    tokens: token === '' ? [] : [{ name: 'token', token }],
  }
}

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** The names under which an open dashboard answers: a page elsewhere cannot make its own name lead here. */
export function loopbackHosts(host: string): readonly string[] {
  return ['localhost', '127.0.0.1', '[::1]', host]
}

function readUsers(path: string, given: string): readonly DashboardUser[] {
  const how = 'Write a list such as [{ "name": "anna", "passwordHash": "scrypt$…", "role": "operate" }].'
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw usageError(`${path} (--users ${given}) cannot be read: ${reason}`, how)
  }
  if (!Array.isArray(parsed) || parsed.length === 0)
    throw usageError(`${path} (--users ${given}) is no list of users.`, how)
  // Each is checked by the handler, which names the field that is wrong.
  return parsed as DashboardUser[]
}
