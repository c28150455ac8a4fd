/**
 * The flags of `npm run bench`.
 * @module
 */
import { parseArgs } from 'node:util'
import type { Sizes } from './scenario.ts'
import { scenarios } from './scenarios/index.ts'
import { SYSTEMS, type Synchronous, type SystemName } from './system.ts'

/** The flags, checked and complete. */
export interface Flags {
  readonly json: string | null
  /** Write the tables into docs/benchmarks.md. */
  readonly markdown: boolean
  readonly only: readonly string[] | null
  readonly systems: readonly SystemName[]
  readonly rounds: number
  readonly synchronous: Synchronous
  readonly sizes: Sizes
}

const HELP = `Usage: npm run bench -- [flags]

  --quick               small sizes and one round: whether it works, not how fast it is
  --only a,b            only these scenarios: ${scenarios.map(({ name }) => name).join(', ')}
  --systems a,b         only these systems: ${SYSTEMS.join(', ')}
  --rounds N            default 3; the median is shown
  --jobs N              jobs of a throughput scenario, default 200000
  --synchronous MODE    normal (default, as plainjob sets it) or full
  --json FILE           write the rows as a JSON array
  --markdown            write the tables into docs/benchmarks.md`

const FULL: Sizes = {
  jobs: 200_000,
  samples: 300,
  backlog: 1_000_000,
  memoryJobs: 1_000_000,
  idleSeconds: 10,
  warmUpSeconds: 12,
}
const QUICK: Sizes = {
  jobs: 20_000,
  samples: 30,
  backlog: 100_000,
  memoryJobs: 100_000,
  idleSeconds: 1,
  warmUpSeconds: 1,
}

/** Reads the flags; answers the text to print instead where help was asked for. @throws Error that says what is wrong. */
export function readFlags(args: readonly string[]): Flags | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'string' },
      markdown: { type: 'boolean' },
      jobs: { type: 'string' },
      only: { type: 'string' },
      systems: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean' },
      synchronous: { type: 'string' },
    },
  })
  if (values.help === true) return HELP
  const sizes = values.quick === true ? QUICK : FULL
  const names = scenarios.map(({ name }) => name)
  const synchronous = choose('synchronous', values.synchronous ?? 'normal', ['normal', 'full'])
  return {
    json: values.json ?? null,
    markdown: values.markdown ?? false,
    only: values.only === undefined ? null : list('only', values.only, names),
    systems: values.systems === undefined ? SYSTEMS : list('systems', values.systems, SYSTEMS),
    rounds: values.rounds === undefined ? (values.quick === true ? 1 : 3) : whole('rounds', values.rounds),
    synchronous,
    sizes: values.jobs === undefined ? sizes : { ...sizes, jobs: whole('jobs', values.jobs) },
  }
}

function whole(flag: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new Error(`--${flag} takes a whole number from 1, not ${text}`)
}

function list<Name extends string>(flag: string, text: string, names: readonly Name[]): Name[] {
  return text.split(',').map((name) => choose(flag, name.trim(), names))
}

function choose<Name extends string>(flag: string, text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text)
  if (found !== undefined) return found
  throw new Error(`--${flag} knows ${names.join(', ')}, not ${text}`)
}
