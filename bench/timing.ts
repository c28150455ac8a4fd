/**
 * Clocks and percentiles.
 * @module
 */

/** Monotonic ms that two processes of one machine agree on, unlike `performance.now()`. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** What a stopwatch read. */
export interface Reading {
  readonly seconds: number
  /** CPU time of this process, all threads, in ms. */
  readonly cpuMs: number
}

/** Starts a stopwatch; the answer reads it. */
export function stopwatch(): () => Reading {
  const cpu = process.cpuUsage()
  const started = performance.now()
  return () => {
    const seconds = (performance.now() - started) / 1000
    const { user, system } = process.cpuUsage(cpu)
    return { seconds, cpuMs: (user + system) / 1000 }
  }
}

/** The value below which this part (0 to 1) of the samples lies; null where there are none. */
export function percentile(samples: Iterable<number>, part: number): number | null {
  const sorted = Float64Array.from(samples).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? null
}

/** The middle value, or the mean of the two middle ones; null where there are none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
