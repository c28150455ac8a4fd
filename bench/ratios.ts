/**
 * What a run comes to. Ratios are taken within a round and their median is shown: what else the machine does in
 * the meantime then slows both sides.
 * @module
 */
import type { Ratio, Round } from './ratio.ts'
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

/** The ratios of a run; those that it did not measure are left out. */
export function judge(ratios: readonly Ratio[], run: Run): Verdict[] {
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
