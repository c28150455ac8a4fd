/**
 * What the bench measures, as rows.
 * @module
 */

/** One measured scenario. */
export interface ScenarioResult {
  readonly scenario: 'enqueue-batch' | 'enqueue-single' | 'process' | 'latency'
  readonly jobs: number
  readonly seconds: number
  readonly jobsPerSecond: number
  /** Of one call, or of one job from its enqueue to its start; null where many share a call. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  /** Whether every job was seen to run exactly once; null where none ran. */
  readonly exact: boolean | null
}

/** Makes a row from what was measured. */
export function resultOf(
  scenario: ScenarioResult['scenario'],
  measured: { jobs: number; ms: number; samplesMs?: readonly number[]; exact?: boolean },
): ScenarioResult {
  const { jobs, ms, samplesMs, exact } = measured
  const sorted = [...(samplesMs ?? [])].sort((a, b) => a - b)
  return {
    scenario,
    jobs,
    seconds: ms / 1_000,
    jobsPerSecond: ms === 0 ? 0 : Math.round((jobs / ms) * 1_000),
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    exact: exact ?? null,
  }
}

function percentile(sorted: readonly number[], part: number): number | null {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
  return value === undefined ? null : Math.round(value * 1_000) / 1_000
}
