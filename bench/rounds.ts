/**
 * The order of the measurements, and what their rounds come to.
 * @module
 */
import type { Flags } from './flags.ts'
import { measure } from './measure.ts'
import { FIGURES, type Row } from './row.ts'
import { scenarios } from './scenarios/index.ts'
import { median } from './timing.ts'

/** Everything a run measured. */
export interface Run {
  /** The rows of each round. */
  readonly rounds: readonly (readonly Row[])[]
  /** One row each: medians over the rounds. */
  readonly rows: readonly Row[]
  readonly notes: readonly string[]
  /** Measurements that failed. */
  readonly failures: readonly string[]
}

/** Measures round by round; within a scenario the systems come one after the other, each round from another one on. */
export async function runRounds(flags: Flags, onProgress: (what: string) => void): Promise<Run> {
  const rounds: Row[][] = []
  const notes: string[] = []
  const failures: string[] = []
  const chosen = scenarios.filter(({ name }) => flags.only === null || flags.only.includes(name))
  for (let round = 0; round < flags.rounds; round++) {
    const rows: Row[] = []
    for (const scenario of chosen) {
      if (scenario.repeat === 'once' && round > 0) continue
      const systems = flags.systems.filter((system) => scenario.systems[system] !== undefined)
      const from = systems.length === 0 ? 0 : round % systems.length
      for (const system of [...systems.slice(from), ...systems.slice(0, from)]) {
        onProgress(`round ${round + 1}/${flags.rounds} ${scenario.name} ${system}`)
        try {
          const measured = await measure(scenario, system, flags)
          rows.push(...measured.rows)
          notes.push(...measured.notes)
        } catch (error) {
          failures.push(
            `${scenario.name}, ${system}: ${error instanceof Error ? error.message : String(error)}`,
          )
        }
      }
    }
    rounds.push(rows)
  }
  return { rounds, rows: medians(rounds.flat()), notes, failures }
}

/** One row for each system and scenario, in the order of the scenarios and the systems. */
function medians(rows: readonly Row[]): Row[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = `${row.scenario} ${row.system}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const order = scenarios.flatMap((scenario) => scenario.rows ?? [scenario.name])
  return [...groups.values()]
    .map(medianRow)
    .sort((a, b) => order.indexOf(a.scenario) - order.indexOf(b.scenario) || (a.system < b.system ? -1 : 1))
}

function medianRow(rows: readonly Row[]): Row {
  const first = rows[0] as Row
  const figures = Object.fromEntries(
    FIGURES.map((field) => [field, median(rows.map((row) => row[field]).filter((value) => value !== null))]),
  ) as Pick<Row, (typeof FIGURES)[number]>
  const exact = rows.some((row) => row.exact === false) ? false : first.exact
  // In the order of the columns.
  return { system: first.system, store: first.store, scenario: first.scenario, ...figures, exact }
}
