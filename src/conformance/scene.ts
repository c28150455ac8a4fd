/**
 * One case's surroundings: a fresh store, and short words for what nearly every case does.
 * @module
 */
import type {
  Backend,
  ClaimedJob,
  ClaimRequest,
  EnqueueReceipt,
  ExchangeReply,
  ExchangeRequest,
  FacetName,
  JobFilter,
  JobPage,
  JobRecord,
  JobState,
  NewJob,
  Outcome,
  PageRequest,
  RescuedJob,
  Settlement,
  WorkerInfo,
} from '../contract/index.ts'
import { ConformanceFailure } from './expect.ts'
import { type ConformanceCase, type Harness, type HarnessAbility, pass } from './harness.ts'
import { exchangeRequest } from './request.ts'

/** A facet that the case said it needs. */
export type Facet<N extends FacetName> = NonNullable<Backend[N]>

/** Any one queue claim: as many jobs as asked for from each queue. */
export type ClaimAsk = Partial<ClaimRequest> & { readonly from?: readonly string[] }

/** A worker the case plays. */
export class SceneWorker {
  readonly id: string
  readonly backend: Backend

  constructor(id: string, backend: Backend) {
    this.id = id
    this.backend = backend
  }

  /** Sends a heartbeat with a lease of so many ms. */
  beat(leaseMs: number): Promise<boolean> {
    return this.backend.heartbeat(workerInfo(this.id), leaseMs)
  }

  /** One exchange. */
  exchange(request: Partial<ExchangeRequest>): Promise<ExchangeReply> {
    return this.backend.exchange(exchangeRequest({ workerId: this.id, ...request }))
  }

  /** Claims jobs; by default up to 100 of queue `default`. */
  async claim(ask: ClaimAsk = {}): Promise<readonly ClaimedJob[]> {
    const limit = ask.limit ?? 100
    const queues = ask.queues ?? (ask.from ?? ['default']).map((name) => ({ name, limit }))
    return (await this.exchange({ claim: { queues, limit } })).claimed
  }

  /** Claims the one job that there has to be. */
  async claimOne(from: readonly string[] = ['default']): Promise<ClaimedJob> {
    const [job] = await this.claim({ from, limit: 1 })
    if (job === undefined) throw new ConformanceFailure(`a job to claim in ${from.join(', ')}`, 'one', 'none')
    return job
  }

  /** As {@link claimOne}; the attempt has begun then, also that of a careful job. */
  async startOne(from?: readonly string[]): Promise<ClaimedJob> {
    const job = await this.claimOne(from)
    if (!job.begun) await this.exchange({ begin: [job] })
    return job
  }

  /** Settles attempts alike; answers the ids whose lease was lost. */
  async settle(jobs: readonly Settlement['job'][], outcome: Outcome): Promise<readonly string[]> {
    return (await this.exchange({ settle: jobs.map((job) => ({ job, outcome })) })).leaseLost
  }
}

/** What a case works with. */
export class Scene {
  readonly harness: Harness
  readonly backend: Backend
  /** The case's unit of time, in ms: long where a clock is moved by hand, short where it has to be waited for. */
  readonly unit: number
  /** By how many ms a time may differ from the one that was computed. */
  readonly tolerance: number
  readonly #opened: Backend[] = []
  #ids = 0

  constructor(harness: Harness, backend: Backend) {
    this.harness = harness
    this.backend = backend
    this.unit = harness.clock === undefined ? 300 : 10_000
    this.tolerance = harness.clock === undefined ? 150 : 0
  }

  /** A facet that is there, since the case would have been skipped without it. */
  facet<N extends FacetName>(name: N): Facet<N> {
    const facet = this.backend[name]
    if (facet === undefined) throw new ConformanceFailure(`facet ${name}`, 'present', 'absent')
    return facet
  }

  /** Lets so many units of time pass. */
  pass(units: number): Promise<void> {
    return pass(this.harness, units * this.unit)
  }

  /** The store's clock. */
  async now(): Promise<number> {
    return (await this.backend.info()).now
  }

  /** A job with defaults for all that the case does not say. */
  job(options: Partial<NewJob> = {}): NewJob {
    this.#ids += 1
    return { ...PLAIN_JOB, id: `job-${String(this.#ids).padStart(4, '0')}`, ...options }
  }

  /** So many jobs alike. */
  jobs(count: number, options: Partial<NewJob> = {}): NewJob[] {
    return Array.from({ length: count }, () => this.job(options))
  }

  /** Stores one job and answers its receipt. */
  async enqueue(options: Partial<NewJob> = {}): Promise<EnqueueReceipt> {
    const [receipt] = await this.backend.enqueue([this.job(options)])
    if (receipt === undefined) throw new ConformanceFailure('receipts of one job', 'one', 'none')
    return receipt
  }

  /** Stores one job and answers the id that stands for it. */
  async add(options: Partial<NewJob> = {}): Promise<string> {
    return (await this.enqueue(options)).id
  }

  /** A worker with a live lease; by default for longer than any case takes. */
  async worker(id = 'worker-a', leaseUnits = 1_000, backend = this.backend): Promise<SceneWorker> {
    const worker = new SceneWorker(id, backend)
    await worker.beat(leaseUnits * this.unit)
    return worker
  }

  /** Rescues as often as a backend may need to act, with all that was rescued. */
  async rescue(quarantineAfter = 3): Promise<readonly RescuedJob[]> {
    const first = await this.backend.rescue({ quarantineAfter })
    return [...first, ...(await this.backend.rescue({ quarantineAfter }))]
  }

  /** The stored job, which has to be there. */
  async read(id: string): Promise<JobRecord> {
    const [record] = await this.facet('records').get([id])
    if (record === null || record === undefined) throw new ConformanceFailure(`job ${id}`, 'stored', record)
    return record
  }

  /** One page of a listing. */
  list(filter: JobFilter, page: PageRequest): Promise<JobPage> {
    return this.facet('records').list(filter, page)
  }

  /** The states of jobs. */
  async states(ids: readonly string[]): Promise<(JobState | null)[]> {
    return (await this.facet('records').get(ids)).map((record) => record?.state ?? null)
  }

  /** The same store through another connection, closed with the scene. */
  async reopen(): Promise<Backend> {
    const opened = await this.harness.reopen?.(this.backend)
    if (opened === undefined) throw new ConformanceFailure('harness.reopen', 'present', 'absent')
    this.#opened.push(opened)
    return opened
  }

  /** Closes what was opened. */
  async dispose(): Promise<void> {
    for (const backend of this.#opened.reverse()) await this.harness.dispose(backend)
    await this.harness.dispose(this.backend)
  }
}

const PLAIN_JOB: Omit<NewJob, 'id'> = {
  task: 'task',
  queue: 'default',
  priority: 0,
  payload: '{}',
  version: 1,
  maxAttempts: 5,
  delayMs: 0,
  dueAt: null,
  expiresInMs: null,
  expiresAt: null,
  timeoutMs: null,
  retry: null,
  tags: [],
  meta: null,
  unique: null,
}

/** What a worker of the suite says of itself. */
export function workerInfo(id: string, options: Partial<WorkerInfo> = {}): WorkerInfo {
  return {
    id,
    host: 'host',
    pid: 1,
    startedAt: 1_700_000_000_000,
    queues: ['default'],
    slots: 10,
    busy: 0,
    version: '0.0.0',
    memoryBytes: 50_000_000,
    quiet: false,
    ...options,
  }
}

/** What a case consists of; the store is opened before `play` and disposed of after it. */
export interface Script {
  readonly title: string
  readonly facets?: readonly FacetName[]
  readonly needs?: readonly HarnessAbility[]
  play(scene: Scene): Promise<void>
}

/** Makes the cases of a topic out of scripts by name. */
export function topic(name: string, scripts: Readonly<Record<string, Script>>): readonly ConformanceCase[] {
  return Object.entries(scripts).map(([key, script]) => ({
    id: `${name}/${key}`,
    title: script.title,
    facets: script.facets ?? [],
    needs: script.needs ?? [],
    run: (harness) => stage(harness, script),
  }))
}

async function stage(harness: Harness, script: Script): Promise<void> {
  const scene = new Scene(harness, await harness.open())
  try {
    await script.play(scene)
  } finally {
    await scene.dispose()
  }
}
