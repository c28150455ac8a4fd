/**
 * `millrace dashboard`: serves the dashboard until it is told to stop.
 * @module
 */
import type { Command } from 'commander'
import type { DashboardOptions } from '../../dashboard/index.ts'
import { createEventBus } from '../../kit/event-bus.ts'
import { type ActionCall, action, type Run, type StoreOptions, withStore } from '../command.ts'
import { withStoreApp } from '../connect.ts'
import { guardsOf, isLoopback, loopbackHosts } from '../dashboard/guards.ts'
import { EXIT, exitCodeOfSignal } from '../exit-codes.ts'
import { usageError } from '../failure.ts'
import { type MetricsFlags, serveMetrics, withMetricsFlags } from '../metrics.ts'
import type { Output } from '../output.ts'
import { oneLine } from '../printable.ts'
import type { Shell } from '../shell.ts'
import { integer } from '../values.ts'
import { onStopSignals, type StopSignal } from '../worker/stop-signals.ts'

interface DashboardFlags extends StoreOptions, MetricsFlags {
  readonly host: string
  readonly port: number
  readonly basePath?: string
  readonly users?: string
  readonly readOnly?: boolean
  readonly hashPassword?: boolean
}

const DEFAULT_PORT = 4600

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Serve the dashboard until Ctrl+C. On a loopback address it is open to whoever uses this machine; on any other it ' +
      'refuses to start without users, or a token in MILLRACE_DASHBOARD_TOKEN.',
  )
  withMetricsFlags(withStore(command))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 for any free one', integer(0, 65_535), DEFAULT_PORT)
    .option('--base-path <path>', 'path below which it is seen, such as /jobs behind a proxy')
    .option(
      '--users <file>',
      'JSON file of [{ "name", "passwordHash", "role" }]; role is view, operate or admin',
    )
    .option('--read-only', 'nobody can change anything')
    .option('--hash-password', 'read a password from standard input, print its hash for --users, and end')
  action<DashboardFlags>(command, run, {
    examples: [
      'millrace dashboard',
      'millrace dashboard --backend sqlite:millrace.db --read-only',
      'millrace dashboard --host 0.0.0.0 --users users.json',
      'millrace dashboard --hash-password < password.txt',
    ],
    act: (call) => (call.options.hashPassword === true ? hash(call) : dashboard(call)),
  })
}

async function hash({ output, shell }: ActionCall<DashboardFlags>): Promise<number> {
  const { hashPassword } = await import('../../dashboard/index.ts')
  let text = ''
  for await (const chunk of shell.stdin) text += String(chunk)
  const passwordHash = await hashPassword(text.replace(/\r?\n$/, ''))
  output.text(passwordHash)
  output.document({ passwordHash })
  return EXIT.ok
}

async function dashboard(call: ActionCall<DashboardFlags>): Promise<number> {
  const { options, output, shell } = call
  const guards = guardsOf({ users: options.users, shell })
  const guarded = guards.users.length > 0 || guards.tokens.length > 0
  if (!guarded && !isLoopback(options.host)) {
    throw usageError(
      `On ${options.host} everybody who reaches this machine could change jobs.`,
      'Give --users, or a token in MILLRACE_DASHBOARD_TOKEN; or leave --host out.',
    )
  }
  const { dashboardHandler } = await import('../../dashboard/index.ts')
  const settings: DashboardOptions = {
    ...(guarded ? guards : { open: true, hosts: loopbackHosts(options.host) }),
    ...(options.basePath === undefined ? {} : { basePath: options.basePath }),
    ...(options.readOnly === true ? { readOnly: true } : {}),
    onAudit: (entry) => {
      output.record({ event: 'dashboard:audit', ...entry })
      const target = entry.target.length > 3 ? `${entry.target.length} of them` : entry.target.join(', ')
      const parts = [new Date(entry.at).toISOString(), entry.user, entry.action, target, entry.outcome]
      output.text(parts.map(oneLine).join('  '))
    },
  }
  return withStoreApp(options, shell, async ({ app }) => {
    // A store that cannot be opened is said now, and not on the first page.
    await app.info()
    // Nothing happens in this process: the figures are the store's.
    const stopMetrics = await serveMetrics({ ...app, events: createEventBus() }, options, output)
    try {
      return await listen(dashboardHandler(app, settings), call, output, shell)
    } finally {
      await stopMetrics()
    }
  })
}

async function listen(
  handler: (request: Request) => Promise<Response>,
  { options }: ActionCall<DashboardFlags>,
  output: Output,
  shell: Shell,
): Promise<number> {
  const { serveHttp } = await import('../http-server.ts')
  let resolveSignal: (signal: StopSignal) => void = () => undefined
  const signalled = new Promise<StopSignal>((resolve) => {
    resolveSignal = resolve
  })
  const server = await serveHttp(handler, { host: options.host, port: options.port })
  const stopListening = onStopSignals((signal) => resolveSignal(signal))
  try {
    const base = (options.basePath ?? '').replace(/\/+$/, '')
    const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${server.port}${base}/`
    output.record({ event: 'dashboard:started', at: Date.now(), url, pid: process.pid })
    output.text(`${output.style('bold', 'millrace dashboard')}  ${output.style('cyan', url)}`)
    if (options.readOnly === true) output.text('read-only')
    if (shell.stdout.isTTY === true) output.note('Ctrl+C ends it.')
    return exitCodeOfSignal(await signalled)
  } finally {
    stopListening()
    await server.close()
  }
}
