/**
 * What a backlog costs: the time of one claim of 100 jobs with 10,000 waiting, with a million waiting, and with
 * a million finished beside 10,000 waiting. The three stores are measured in turn, so that they share all noise.
 * @module
 */
import type { ClaimedJob, ExchangeRequest, Settlement } from 'millrace/contract'
import { sqlite } from 'millrace/sqlite'
import { type Bed, type Scenario, toRow } from '../scenario.ts'
import { type Filling, fill, openMillraceFile, QUEUE } from '../systems/millrace-file.ts'
import { type Reading, stopwatch } from '../timing.ts'

const SMALL = 10_000
const CLAIM = 100
const SAMPLES = 60
const WORKER = 'bench-worker'
const LEASE_MS = 600_000

/** p50 and p99 are of one claim of 100 jobs; `exact`: no job was claimed twice. */
export const backlog: Scenario = {
  name: 'backlog',
  systems: { millrace: 1 },
  repeat: 'once',
  rows: ['claim-10k-waiting', 'claim-1m-waiting', 'claim-1m-finished'],
  async measure(bed) {
    const { backlog: large } = bed.sizes
    const claimers = [
      await openClaimer(bed, 'claim-10k-waiting', { finished: 0, waiting: SMALL }),
      await openClaimer(bed, 'claim-1m-waiting', { finished: 0, waiting: large }),
      await openClaimer(bed, 'claim-1m-finished', { finished: large, waiting: SMALL }),
    ]
    for (let sample = 0; sample < SAMPLES; sample++) for (const claimer of claimers) await claimer.claim()
    const rows = claimers.map(({ scenario, readings, ids }) => {
      const reading = { seconds: sum(readings, 'seconds'), cpuMs: sum(readings, 'cpuMs') }
      const latencies = readings.map(({ seconds }) => seconds * 1000)
      const jobs = SAMPLES * CLAIM
      return toRow(bed, { jobs, reading, exact: ids.size === jobs, latencies }, scenario)
    })
    for (const claimer of claimers) await claimer.close()
    return {
      rows,
      notes: large === 1_000_000 ? [] : [`The large stores held ${large.toLocaleString('en')} jobs.`],
    }
  },
}

interface Claimer {
  readonly scenario: string
  readonly readings: Reading[]
  readonly ids: Set<string>
  claim(): Promise<void>
  close(): Promise<void>
}

async function openClaimer(bed: Bed, scenario: string, filling: Filling): Promise<Claimer> {
  const file = `${bed.file}-${scenario}`
  const database = await openMillraceFile({ file, synchronous: bed.synchronous })
  fill(database, filling)
  database.close()
  const backend = sqlite({ file, synchronous: bed.synchronous, binding: 'better-sqlite3' })
  await backend.heartbeat(worker(), LEASE_MS)
  const readings: Reading[] = []
  const ids = new Set<string>()
  return {
    scenario,
    readings,
    ids,
    claim: async () => {
      const read = stopwatch()
      const { claimed } = await backend.exchange(request([], CLAIM))
      readings.push(read())
      for (const { id } of claimed) ids.add(id)
      await backend.exchange(request(claimed.map(succeed), 0))
    },
    close: () => backend.close(),
  }
}

function request(settle: readonly Settlement[], limit: number): ExchangeRequest {
  return { workerId: WORKER, settle, claim: limit === 0 ? null : { queues: [{ name: QUEUE, limit }], limit } }
}

function succeed(job: ClaimedJob): Settlement {
  return { job, outcome: { kind: 'succeed', result: null } }
}

function worker() {
  const startedAt = Date.now()
  const fixed = { host: 'bench', pid: process.pid, version: 'bench', memoryBytes: 0, quiet: false }
  return { id: WORKER, startedAt, queues: [QUEUE], slots: CLAIM, busy: 0, ...fixed }
}

function sum(readings: readonly Reading[], field: keyof Reading): number {
  return readings.reduce((total, reading) => total + reading[field], 0)
}
