/**
 * Brings together calls that come through middleware one by one, so that they are stored in one batch or not at all.
 * @module
 */
import type { EnqueueReceipt, NewJob } from '../../contract/index.ts'

/** Waits until each call has arrived, stayed away or failed; then stores those that arrived, if none failed. */
export class Gathering {
  readonly #store: (jobs: readonly NewJob[]) => Promise<readonly EnqueueReceipt[]>
  readonly #jobs = new Map<number, NewJob>()
  readonly #done = new Set<number>()
  readonly #expected: number
  readonly #batch: Promise<ReadonlyMap<number, EnqueueReceipt>>
  #begin: () => void = () => {}
  #failure: unknown = null
  #stored = false

  constructor(expected: number, store: (jobs: readonly NewJob[]) => Promise<readonly EnqueueReceipt[]>) {
    this.#expected = expected
    this.#store = store
    const complete = new Promise<void>((resolve) => {
      this.#begin = resolve
    })
    this.#batch = complete.then(() => this.#storeBatch())
    // Where every call fails or stays away, nobody waits for the batch; who waits, hears of its failure.
    this.#batch.catch(() => {})
  }

  /** Call number `index` is ready. A call that comes again after the batch is stored by itself. */
  async arrive(index: number, job: NewJob): Promise<EnqueueReceipt> {
    if (this.#done.has(index)) return first(await this.#store([job]))
    this.#jobs.set(index, job)
    this.#mark(index)
    return first([(await this.#batch).get(index)])
  }

  /** Call number `index` was answered by a middleware itself. */
  stayedAway(index: number): void {
    this.#mark(index)
  }

  /** Call number `index` failed, so nothing is stored. Answers the failure that came first, of whichever call. */
  failed(index: number, error: unknown): unknown {
    if (!this.#stored) this.#failure ??= error
    this.#mark(index)
    return this.#failure ?? error
  }

  #mark(index: number): void {
    if (this.#done.has(index)) return
    this.#done.add(index)
    if (this.#done.size === this.#expected) this.#begin()
  }

  async #storeBatch(): Promise<ReadonlyMap<number, EnqueueReceipt>> {
    if (this.#failure !== null) throw this.#failure
    this.#stored = true
    const places = [...this.#jobs.keys()]
    if (places.length === 0) return new Map()
    const receipts = await this.#store([...this.#jobs.values()])
    return new Map(places.map((place, at) => [place, first([receipts[at]])]))
  }
}

function first(receipts: readonly (EnqueueReceipt | undefined)[]): EnqueueReceipt {
  const [receipt] = receipts
  if (receipt === undefined) throw new RangeError('A batch was answered with too few receipts')
  return receipt
}
