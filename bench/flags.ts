/**
 * The flags of `npm run bench`.
 * @module
 */
import { parseArgs } from 'node:util'
import type { Sizes } from './scenario.ts'
import type { Durability } from './servers.ts'
import { loadSuite, type Suite } from './suite.ts'
import type { Synchronous } from './system.ts'
import type { SystemName } from './systems/index.ts'

/** The flags, checked and complete. */
export interface Flags {
  readonly suite: Suite
  readonly json: string | null
  /** Write the tables into docs/benchmarks.md. */
  readonly markdown: boolean
  readonly only: readonly string[] | null
  readonly systems: readonly SystemName[]
  readonly rounds: number
  readonly synchronous: Synchronous
  readonly durability: Durability
  readonly sizes: Sizes
}

const help = ({ scenarios, systems, sizes }: Suite): string => `Usage: npm run bench -- [flags]

  --peers               Redis and Postgres beside the job systems people use there, instead of SQLite
  --quick               small sizes and one round: whether it works, not how fast it is
  --only a,b            only these scenarios: ${scenarios.map(({ name }) => name).join(', ')}
  --systems a,b         only these systems: ${systems.join(', ')}
  --rounds N            default 3; the median is shown
  --jobs N              jobs of a throughput scenario, default ${sizes.full.jobs}
  --synchronous MODE    of SQLite: normal (default, as plainjob sets it) or full
  --durability MODE     of servers: normal (default), none or full, see docs/benchmarks.md
  --json FILE           write the rows as a JSON array
  --markdown            write the tables into docs/benchmarks.md`

/** Reads the flags; answers the text to print instead where help was asked for. @throws Error that says what is wrong. */
export async function readFlags(args: readonly string[]): Promise<Flags | string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      peers: { type: 'boolean' },
      json: { type: 'string' },
      markdown: { type: 'boolean' },
      jobs: { type: 'string' },
      only: { type: 'string' },
      systems: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean' },
      synchronous: { type: 'string' },
      durability: { type: 'string' },
    },
  })
  const suite = await loadSuite(values.peers === true ? 'peers' : 'sqlite')
  if (values.help === true) return help(suite)
  const sizes = values.quick === true ? suite.sizes.quick : suite.sizes.full
  const names = suite.scenarios.map(({ name }) => name)
  return {
    suite,
    json: values.json ?? null,
    markdown: values.markdown ?? false,
    only: values.only === undefined ? null : list('only', values.only, names),
    systems: values.systems === undefined ? suite.systems : list('systems', values.systems, suite.systems),
    rounds: values.rounds === undefined ? (values.quick === true ? 1 : 3) : whole('rounds', values.rounds),
    synchronous: choose('synchronous', values.synchronous ?? 'normal', ['normal', 'full']),
    durability: choose('durability', values.durability ?? 'normal', ['none', 'normal', 'full']),
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
