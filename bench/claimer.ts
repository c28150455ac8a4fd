/**
 * Claims of 100 jobs from one store, timed one by one.
 * @module
 */
import type { Backend, ClaimedJob, ExchangeRequest, Settlement } from 'millrace/contract'
import { type Reading, stopwatch } from './timing.ts'

const QUEUE = 'default'
const WORKER = 'bench-worker'
const LEASE_MS = 600_000
const CLAIM = 100
const SAMPLES = 60

/** A store that is claimed from. */
export class Claimer {
  readonly #backend: Backend
  readonly #readings: Reading[] = []
  readonly #ids = new Set<string>()

  constructor(backend: Backend) {
    this.#backend = backend
  }

  /** Becomes a worker of the store. */
  async start(): Promise<void> {
    const startedAt = Date.now()
    const fixed = { host: 'bench', pid: process.pid, version: 'bench', memoryBytes: 0, quiet: false }
    const worker = { id: WORKER, startedAt, queues: [QUEUE], slots: CLAIM, busy: 0, ...fixed }
    await this.#backend.heartbeat(worker, LEASE_MS)
  }

  /** Claims once, on the clock, and settles off the clock. */
  async claim(): Promise<void> {
    const read = stopwatch()
    const { claimed } = await this.#backend.exchange(request([], CLAIM))
    this.#readings.push(read())
    for (const { id } of claimed) this.#ids.add(id)
    await this.#backend.exchange(request(claimed.map(succeed), 0))
  }

  /** What a row is made from; `exact`: no job was claimed twice, and none was missing. */
  figures() {
    const jobs = this.#readings.length * CLAIM
    const sum = (field: keyof Reading): number =>
      this.#readings.reduce((total, reading) => total + (reading[field] ?? 0), 0)
    const reading = { seconds: sum('seconds'), cpuMs: sum('cpuMs'), serverCpuMs: null }
    const latencies = this.#readings.map(({ seconds }) => seconds * 1000)
    return { jobs, reading, exact: this.#ids.size === jobs, latencies }
  }

  close(): Promise<void> {
    return this.#backend.close()
  }
}

/** Claims from all of them in turn, so that they share all noise. */
export async function claimInTurn(claimers: readonly Claimer[]): Promise<void> {
  for (const claimer of claimers) await claimer.start()
  for (let sample = 0; sample < SAMPLES; sample++) for (const claimer of claimers) await claimer.claim()
}

function request(settle: readonly Settlement[], limit: number): ExchangeRequest {
  const claim = limit === 0 ? null : { queues: [{ name: QUEUE, limit }], limit }
  return { workerId: WORKER, settle, begin: [], claim, holding: null }
}

function succeed(job: ClaimedJob): Settlement {
  return { job, outcome: { kind: 'succeed', result: null } }
}
