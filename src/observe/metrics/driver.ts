/**
 * The seam to the client library: what is needed of prom-client, and how it is loaded.
 * @module
 */
import { missingPackage } from '../missing-package.ts'

/** Values of a metric's labels, by name. */
export type Labels = Readonly<Record<string, string>>

/** A registry of prom-client: the figures of a page. */
export interface PrometheusRegistry {
  readonly contentType: string
  metrics(): Promise<string>
  removeSingleMetric(name: string): void
}

/** What a metric is made with. `collect` is called before it is read. */
interface MetricOptions {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  readonly registers: readonly PrometheusRegistry[]
  readonly collect?: () => Promise<void>
  readonly buckets?: readonly number[]
}

/** A figure that only grows, or one that goes up and down. */
export interface Figure {
  inc(labels: Labels, value?: number): void
  reset(): void
  remove(labels: Labels): void
}

/** A distribution. */
export interface Distribution {
  observe(labels: Labels, value: number): void
}

/** The library. */
export interface PrometheusLibrary {
  readonly Counter: new (options: MetricOptions) => Figure
  readonly Gauge: new (options: MetricOptions) => Figure
  readonly Histogram: new (options: MetricOptions) => Distribution
  readonly Registry: new () => PrometheusRegistry
  /** Memory, CPU, event-loop lag and garbage collection of this process. */
  collectDefaultMetrics(options: { readonly register: PrometheusRegistry }): void
}

/** @throws MillraceError `package-missing` */
export async function loadLibrary(): Promise<PrometheusLibrary> {
  try {
    const { default: library } = await import('prom-client')
    return library as unknown as PrometheusLibrary
  } catch (cause) {
    throw missingPackage('prometheus()', 'prom-client', cause)
  }
}
