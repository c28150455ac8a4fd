/**
 * Lets the jobs of one tick travel together.
 * @module
 */
import type { Backend, EnqueueReceipt, NewJob, Receipt } from '../../contract/index.ts'
import { BackendError, NotRunningError } from '../../contract/index.ts'
import { announceEnqueued } from './announce.ts'
import type { ClientContext } from './context.ts'
import { enqueueError } from './store-error.ts'

/** Beyond this a larger batch costs the store as much per job, and keeps others waiting for longer. */
const MOST_PER_CALL = 1000

type Resolve = (receipt: Receipt) => void
type Reject = (error: Error) => void

/** Jobs under way together, and their callers, at the same indexes. */
interface Batch {
  readonly jobs: NewJob[]
  readonly resolves: Resolve[]
  readonly rejects: Reject[]
}

const emptyBatch = (): Batch => ({ jobs: [], resolves: [], rejects: [] })

/** Collects the jobs that are added in one tick and sends them in one call. */
export class EnqueueBatcher {
  readonly #context: ClientContext
  #batch = emptyBatch()
  #scheduled = false
  #closed = false
  readonly #underWay = new Set<Promise<void>>()
  /** One executor for all promises, so that a job costs no closure of its own. */
  readonly #capture = (resolve: Resolve, reject: Reject): void => {
    this.#batch.resolves.push(resolve)
    this.#batch.rejects.push(reject)
  }
  readonly #tick = (): void => {
    this.#scheduled = false
    this.#flush()
  }

  constructor(context: ClientContext) {
    this.#context = context
  }

  /** Resolves once the store has committed the job. */
  add(job: NewJob): Promise<Receipt> {
    if (this.#closed)
      return Promise.reject(new NotRunningError('The app is closed: nothing can be enqueued.'))
    this.#batch.jobs.push(job)
    const receipt = new Promise<Receipt>(this.#capture)
    if (this.#batch.jobs.length >= MOST_PER_CALL) {
      this.#flush()
    } else if (!this.#scheduled) {
      // The end of the tick rather than a microtask: a producer that enqueues in an endless chain of promises
      // would otherwise keep timers and sockets, heartbeats among them, from their turn.
      this.#scheduled = true
      setImmediate(this.#tick)
    }
    return receipt
  }

  /** Refuses further jobs, and resolves once those that were added are stored or refused. */
  async close(): Promise<void> {
    this.#closed = true
    this.#flush()
    await Promise.all(this.#underWay)
  }

  #flush(): void {
    if (this.#batch.jobs.length === 0) return
    const batch = this.#batch
    this.#batch = emptyBatch()
    const sending: Promise<void> = this.#send(batch).finally(() => this.#underWay.delete(sending))
    this.#underWay.add(sending)
  }

  async #send(batch: Batch): Promise<void> {
    const { jobs, resolves, rejects } = batch
    try {
      const { source } = this.#context
      const receipts = await sendJobs(source.current ?? (await source.open()), jobs)
      for (let index = 0; index < jobs.length; index++) {
        const { id, outcome } = receipts[index] as EnqueueReceipt
        resolves[index]?.({ id, outcome, task: (jobs[index] as NewJob).task })
      }
      announceEnqueued(this.#context, jobs, receipts)
    } catch (error) {
      // Callers that were answered already are not answered again by this.
      for (const [index, job] of jobs.entries()) rejects[index]?.(enqueueError(error, job))
    }
  }
}

/**
 * Stores a batch in one call.
 * @throws whatever the backend rejects with, and BackendError where it does not answer for each job.
 */
export async function sendJobs(
  backend: Pick<Backend, 'enqueue'>,
  jobs: readonly NewJob[],
): Promise<readonly EnqueueReceipt[]> {
  const receipts = await backend.enqueue(jobs)
  if (receipts.length === jobs.length) return receipts
  const counts = `${receipts.length} receipts for ${jobs.length} jobs`
  throw new BackendError('store-unavailable', `The backend is at fault: it answered ${counts}.`, {
    retriable: false,
  })
}
