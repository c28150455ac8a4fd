/**
 * `prometheus()`: the figures of an app as a page that Prometheus reads.
 * @module
 */
import { InvalidOptionError, type Millrace } from '../../contract/index.ts'
import { checkInteger, checkKeys } from '../../kit/check.ts'
import { show } from '../../kit/show.ts'
import { loadLibrary, type PrometheusRegistry } from './driver.ts'
import { countEvents } from './event-metrics.ts'
import { describeStore } from './store-metrics.ts'

/** Options of `prometheus()`. */
export interface PrometheusOptions {
  /** A registry of prom-client to add to. Default: a new one, which has the figures of the process as well. */
  readonly registry?: PrometheusRegistry
  /** Also what the store says: queues and workers. Default true. */
  readonly store?: boolean
  /** Most tasks, and most queues, that have figures of their own; the rest are `other`. 1 to 10,000, default 100. */
  readonly mostNames?: number
}

/** The figures. */
export interface PrometheusMetrics {
  /** Answers GET and HEAD with the page, under whatever path. */
  handler(request: Request): Promise<Response>
  /** The page. */
  text(): Promise<string>
  /** Stops counting, and takes its metrics out of the registry. */
  close(): void
}

const KEYS = ['registry', 'store', 'mostNames'] as const satisfies readonly (keyof PrometheusOptions)[]

/**
 * Counts the events of an app from now on, and tells them, with what the store says, to whoever asks.
 * @throws InvalidOptionError; MillraceError `package-missing` where prom-client is not installed.
 */
export async function prometheus(
  app: Pick<Millrace, 'events' | 'tasks' | 'ready'>,
  options: PrometheusOptions = {},
): Promise<PrometheusMetrics> {
  checkKeys(options, KEYS, 'prometheus()')
  const { store = true } = options
  const mostNames = checkInteger(options.mostNames ?? 100, 'mostNames', 1, 10_000)
  if (typeof store !== 'boolean') {
    throw new InvalidOptionError('store', `store must be true or false, got ${show(store)}.`)
  }
  const library = await loadLibrary()
  const registry = options.registry ?? new library.Registry()
  const home = { library, registry, made: [] as string[] }
  if (options.registry === undefined) library.collectDefaultMetrics({ register: registry })
  if (store) describeStore(app, home, mostNames)
  const stop = countEvents(app, home, mostNames)
  return {
    handler: (request) => answer(request, registry),
    text: () => registry.metrics(),
    close: () => {
      stop()
      for (const name of home.made.splice(0)) registry.removeSingleMetric(name)
    },
  }
}

async function answer({ method }: Request, registry: PrometheusRegistry): Promise<Response> {
  if (method !== 'GET' && method !== 'HEAD') {
    return new Response('Only GET and HEAD are answered here.\n', {
      status: 405,
      headers: { allow: 'GET, HEAD', 'content-type': 'text/plain; charset=utf-8' },
    })
  }
  const text = await registry.metrics()
  return new Response(method === 'HEAD' ? null : text, {
    headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' },
  })
}
