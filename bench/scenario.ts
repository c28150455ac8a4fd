/**
 * A scenario, and what it is measured with.
 * @module
 */
import type { Measured, Row } from './row.ts'
import type { ServerPlace } from './server.ts'
import type { OpenSettings, OpenSystem, ServerSettings, Synchronous, System } from './system.ts'
import type { SystemName } from './systems/index.ts'
import { type Others, percentile, type Reading } from './timing.ts'

/** How large a run is. */
export interface Sizes {
  /** Jobs of a throughput scenario, for a system of full share. */
  readonly jobs: number
  /** Samples of a latency scenario. */
  readonly samples: number
  /** Jobs in the large store of the backlog scenario. */
  readonly backlog: number
  /** Jobs of the memory scenario. */
  readonly memoryJobs: number
  readonly idleSeconds: number
  /** Before them: what a start leaves behind, such as V8's tidying up after some seconds, is no idling. */
  readonly warmUpSeconds: number
}

/** One measurement's surroundings: a process of its own, and a file or an empty server of its own. */
export interface Bed {
  readonly system: System<OpenSettings & ServerSettings>
  readonly scenario: string
  /** Of a file that does not exist yet, alone in its folder. */
  readonly file: string
  readonly synchronous: Synchronous
  /** Of the server; empty where the system is on a file. */
  readonly url: string
  readonly server: ServerPlace | null
  /** What the store promises of a job that it took, in the store's own word. */
  readonly durability: string
  readonly sizes: Sizes
}

/** One scenario. */
export interface Scenario {
  readonly name: string
  /** Which systems can be compared in it, and the part of the jobs each gets: slow ones get fewer. */
  readonly systems: Readonly<Partial<Record<SystemName, number>>>
  /** `once`: it compares a system with itself, in one process, so that further rounds would tell little. */
  readonly repeat: 'each-round' | 'once'
  /** Flags of Node for the process. */
  readonly nodeFlags?: readonly string[]
  /** The scenarios its rows are named after, where it is not just its own. */
  readonly rows?: readonly string[]
  measure(bed: Bed): Promise<Measured>
}

/** The jobs this system gets in a throughput scenario, in whole thousands. */
export function jobsFor(scenario: Pick<Scenario, 'systems'>, { system, sizes }: Bed): number {
  const share = scenario.systems[system.name as SystemName] ?? 1
  return Math.max(1000, Math.round((sizes.jobs * share) / 1000) * 1000)
}

/** Whose CPU time counts in this measurement. */
export function othersOf({ server }: Bed, store: OpenSystem): Others {
  const { otherCpuMs } = store
  return {
    ...(server === null ? {} : { serverPid: server.pid }),
    ...(otherCpuMs === undefined ? {} : { otherCpuMs }),
  }
}

/** What a row is made from. */
export interface Figures {
  readonly jobs: number
  readonly reading: Reading
  readonly exact: boolean | null
  readonly latencies?: Iterable<number>
  readonly bytes?: number
}

/** Makes a row. */
export function toRow(
  bed: Bed,
  { jobs, reading, exact, latencies, bytes }: Figures,
  scenario = bed.scenario,
): Row {
  return {
    system: bed.system.name,
    store: `${bed.system.store} ${bed.durability}`,
    scenario,
    jobs,
    seconds: reading.seconds,
    jobsPerSecond: jobs / reading.seconds,
    p50Ms: latencies === undefined ? null : percentile(latencies, 0.5),
    p99Ms: latencies === undefined ? null : percentile(latencies, 0.99),
    bytesPerJob: bytes === undefined ? null : bytes / jobs,
    cpuMsPerJob: jobs === 0 ? null : reading.cpuMs / jobs,
    serverCpuMsPerJob: jobs === 0 || reading.serverCpuMs === null ? null : reading.serverCpuMs / jobs,
    exact,
  }
}
