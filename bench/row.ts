/**
 * The one shape every figure of the benchmark has.
 * @module
 */

/** One measured scenario of one system, as `--json` writes it. `null`: this scenario has no such figure. */
export interface Row {
  readonly system: string
  readonly store: string
  readonly scenario: string
  readonly jobs: number
  readonly seconds: number
  readonly jobsPerSecond: number
  /** Of what the scenario times: see docs/benchmarks.md. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  /** Of the store for each job: see docs/benchmarks.md. In `worker-memory` the growth of the process for each job. */
  readonly bytesPerJob: number | null
  /** CPU time of the measured process, all its threads, for each job; in `idle` for each second. */
  readonly cpuMsPerJob: number | null
  /** CPU time of the store's server for each job. */
  readonly serverCpuMsPerJob: number | null
  /** True only if every job was seen to run exactly once. */
  readonly exact: boolean | null
}

/** What a measurement answers: its rows, and remarks that no column holds. */
export interface Measured {
  readonly rows: readonly Row[]
  readonly notes: readonly string[]
}

/** The numeric columns, in order. */
export const FIGURES = [
  'jobs',
  'seconds',
  'jobsPerSecond',
  'p50Ms',
  'p99Ms',
  'bytesPerJob',
  'cpuMsPerJob',
  'serverCpuMsPerJob',
] as const
