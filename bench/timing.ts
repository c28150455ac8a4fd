/**
 * Clocks and percentiles.
 * @module
 */
import { cpuMsOf } from './server.ts'

/** Monotonic ms that two processes of one machine agree on, unlike `performance.now()`. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** What a stopwatch read. */
export interface Reading {
  readonly seconds: number
  /** CPU time of this process, all threads, in ms; with that of the system's other processes, if it has any. */
  readonly cpuMs: number
  /** CPU time of the store's server, in ms; null where there is none. */
  readonly serverCpuMs: number | null
}

/** Whose CPU time a stopwatch reads beside this process's. */
export interface Others {
  /** Process id of the store's server. */
  readonly serverPid?: number
  /** CPU time in ms of processes that belong to the system. */
  readonly otherCpuMs?: () => number
}

/** Starts a stopwatch; the answer reads it. */
export function stopwatch({ serverPid, otherCpuMs = () => 0 }: Others = {}): () => Reading {
  const serverCpuMs = (): number | null => (serverPid === undefined ? null : cpuMsOf(serverPid))
  const serverBefore = serverCpuMs()
  const othersBefore = otherCpuMs()
  const cpu = process.cpuUsage()
  const started = performance.now()
  return () => {
    const seconds = (performance.now() - started) / 1000
    const { user, system } = process.cpuUsage(cpu)
    const after = serverCpuMs()
    return {
      seconds,
      cpuMs: (user + system) / 1000 + otherCpuMs() - othersBefore,
      serverCpuMs: after === null || serverBefore === null ? null : after - serverBefore,
    }
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
