/**
 * The ratios that count, and their targets. Ratios are taken within a round and their median is shown: what
 * else the machine does in the meantime then slows both sides.
 * @module
 */
import type { Run } from './rounds.ts'
import type { Row } from './row.ts'
import { median } from './timing.ts'

/** A ratio of a run beside its target. */
export interface Verdict {
  readonly name: string
  readonly target: string
  readonly value: string
  /** The same ratio of CPU times, which other programs disturb less; empty where there is none. */
  readonly byCpu: string
  readonly reached: boolean
}

interface Ratio {
  readonly name: string
  readonly target: string
  /** Null where this round lacks one of the sides. */
  readonly of: (round: Round) => number | null
  readonly byCpu?: (round: Round) => number | null
  readonly show: (value: number) => string
  readonly reached: (value: number) => boolean
}

/** Finds a row of a round. */
type Round = (system: string, scenario: string) => Row | undefined

const percent = (value: number): string => `${(value * 100).toFixed(0)} %`
const times = (value: number): string => `${value.toFixed(value < 2 ? 2 : 1)} x`
const ms = (value: number): string => `${value.toFixed(2)} ms`

const atLeastOfRaw = (scenario: string, least: number): Ratio => ({
  name: `${scenario} against the raw loop`,
  target: `at least ${percent(least)}`,
  of: (round) => speed(round, scenario, 'raw'),
  byCpu: (round) => thrift(round, scenario, 'raw'),
  show: percent,
  reached: (value) => value >= least,
})

const atLeastOfPeer = (scenario: string, least: number): Ratio => ({
  name: `${scenario} against plainjob`,
  target: `at least ${least} x`,
  of: (round) => speed(round, scenario, 'plainjob'),
  byCpu: (round) => thrift(round, scenario, 'plainjob'),
  show: times,
  reached: (value) => value >= least,
})

const claimCost = (scenario: string): Ratio => ({
  name: `${scenario} against claim-10k-waiting`,
  target: 'at most 1.3 x',
  of: (round) => divide(round('millrace', scenario)?.p50Ms, round('millrace', 'claim-10k-waiting')?.p50Ms),
  show: times,
  reached: (value) => value <= 1.3,
})

const latency = (part: 'p50Ms' | 'p99Ms', below: number): Ratio => ({
  name: `latency-across-processes ${part.slice(0, 3)}`,
  target: `below ${below} ms`,
  of: (round) => round('millrace', 'latency-across-processes')?.[part] ?? null,
  show: ms,
  reached: (value) => value < below,
})

const ratios: readonly Ratio[] = [
  atLeastOfRaw('enqueue-batch', 0.6),
  atLeastOfRaw('process-1', 0.6),
  atLeastOfRaw('process-10', 0.6),
  atLeastOfRaw('process-100', 0.6),
  atLeastOfPeer('enqueue-single', 3),
  atLeastOfPeer('process-1', 8),
  atLeastOfPeer('process-10', 8),
  atLeastOfPeer('process-100', 8),
  claimCost('claim-1m-waiting'),
  claimCost('claim-1m-finished'),
  latency('p50Ms', 5),
  latency('p99Ms', 20),
  {
    name: 'idle worker',
    target: 'below 0.5 % of a core',
    of: (round) => divide(round('millrace', 'idle')?.cpuMsPerJob, 1000),
    show: (value) => `${(value * 100).toFixed(2)} %`,
    reached: (value) => value < 0.005,
  },
  {
    name: 'worker-memory, growth of the heap',
    target: 'flat: below 4 bytes a job',
    of: (round) => round('millrace', 'worker-memory')?.bytesPerJob ?? null,
    show: (value) => `${value.toFixed(2)} bytes a job`,
    reached: (value) => value < 4,
  },
]

/** The ratios of a run; those that it did not measure are left out. */
export function judge(run: Run): Verdict[] {
  const rounds = run.rounds.map(finder)
  const over = (of: (round: Round) => number | null): number | null =>
    median(rounds.map(of).filter((value) => value !== null))
  const verdicts: Verdict[] = []
  for (const { name, target, of, byCpu, show, reached } of ratios) {
    const value = over(of)
    if (value === null) continue
    const cpu = byCpu === undefined ? null : over(byCpu)
    const verdict = { name, target, value: show(value), byCpu: cpu === null ? '' : show(cpu) }
    verdicts.push({ ...verdict, reached: reached(value) })
  }
  return verdicts
}

function finder(rows: readonly Row[]): Round {
  return (system, scenario) => rows.find((row) => row.system === system && row.scenario === scenario)
}

function speed(round: Round, scenario: string, than: string): number | null {
  return divide(round('millrace', scenario)?.jobsPerSecond, round(than, scenario)?.jobsPerSecond)
}

/** How much less CPU time a job takes than the other system's. */
function thrift(round: Round, scenario: string, than: string): number | null {
  return divide(round(than, scenario)?.cpuMsPerJob, round('millrace', scenario)?.cpuMsPerJob)
}

function divide(a: number | null | undefined, b: number | null | undefined): number | null {
  return a === null || a === undefined || b === null || b === undefined ? null : a / b
}
