/**
 * The order of the measurements, and what their rounds come to.
 * @module
 */
import type { Flags } from './flags.ts'
import { measure } from './measure.ts'
import { FIGURES, type Row } from './row.ts'
import type { Scenario } from './scenario.ts'
import type { Servers } from './servers.ts'
import { type SystemName, systemEntry } from './systems/index.ts'
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
export async function runRounds(
  flags: Flags,
  servers: Servers,
  onProgress: (what: string) => void,
): Promise<Run> {
  const rounds: Row[][] = []
  const notes: string[] = []
  const failures: string[] = []
  const { there, missing } = whatIsThere(flags.systems)
  notes.push(...missing)
  const chosen = flags.suite.scenarios.filter(({ name }) => flags.only === null || flags.only.includes(name))
  for (let round = 0; round < flags.rounds; round++) {
    const rows: Row[] = []
    for (const scenario of chosen) {
      if (scenario.repeat === 'once' && round > 0) continue
      for (const system of turns(there, scenario, round)) {
        onProgress(`round ${round + 1}/${flags.rounds} ${scenario.name} ${system}`)
        try {
          const measured = await measure(scenario, system, flags, servers)
          rows.push(...(measured?.rows ?? []))
          notes.push(...(measured?.notes ?? []))
        } catch (error) {
          failures.push(
            `${scenario.name}, ${system}: ${error instanceof Error ? error.message : String(error)}`,
          )
        }
      }
    }
    rounds.push(rows)
  }
  return { rounds, rows: medians(flags.suite.scenarios, rounds.flat()), notes: [...new Set(notes)], failures }
}

/** Which systems can be measured on this machine, and why the others cannot. */
function whatIsThere(systems: readonly SystemName[]): { there: SystemName[]; missing: string[] } {
  const there: SystemName[] = []
  const missing: string[] = []
  for (const system of systems) {
    const reason = systemEntry(system).missing?.() ?? null
    if (reason === null) there.push(system)
    else missing.push(`Left out: ${system}. ${reason}.`)
  }
  return { there, missing }
}

/** The systems that take part, from another one on in each round. */
function turns(all: readonly SystemName[], scenario: Scenario, round: number): SystemName[] {
  const systems = all.filter((system) => scenario.systems[system] !== undefined)
  const from = systems.length === 0 ? 0 : round % systems.length
  return [...systems.slice(from), ...systems.slice(0, from)]
}

/** One row for each system and scenario, in the order of the scenarios and the systems. */
function medians(scenarios: readonly Scenario[], rows: readonly Row[]): Row[] {
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
