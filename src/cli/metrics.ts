/**
 * `--metrics-port`: figures for Prometheus, on a port of their own.
 * @module
 */
import type { Command } from 'commander'
import type { Millrace } from '../contract/index.ts'
import type { Output } from './output.ts'
import { integer } from './values.ts'

/** The flags, as parsed. */
export interface MetricsFlags {
  readonly metricsPort?: number
  readonly metricsHost: string
}

/** Adds the flags. */
export function withMetricsFlags(command: Command): Command {
  return command
    .option(
      '--metrics-port <number>',
      'serve figures for Prometheus on this port, under /metrics; 0 for any free one',
      integer(0, 65_535),
    )
    .option('--metrics-host <address>', 'address for them; 0.0.0.0 for all', '127.0.0.1')
}

/** Serves the figures until the answer is called; does nothing without a port. @throws CommandError, MillraceError */
export async function serveMetrics(
  app: Pick<Millrace, 'events' | 'tasks' | 'ready'>,
  { metricsPort: port, metricsHost: host }: MetricsFlags,
  output: Output,
): Promise<() => Promise<void>> {
  if (port === undefined) return async () => undefined
  const [{ prometheus }, { serveHttp }] = await Promise.all([
    import('../observe/index.ts'),
    import('./http-server.ts'),
  ])
  const metrics = await prometheus(app)
  const server = await serveHttp(
    async (request) => {
      const { pathname } = new URL(request.url)
      if (pathname === '/metrics') return metrics.handler(request)
      return new Response('The figures are at /metrics.\n', { status: 404 })
    },
    { host, port, flag: '--metrics-port' },
  )
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}/metrics`
  output.record({ event: 'metrics:started', at: Date.now(), url })
  output.text(`metrics  ${output.style('cyan', url)}`)
  return async () => {
    metrics.close()
    await server.close()
  }
}
