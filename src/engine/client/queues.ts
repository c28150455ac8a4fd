/**
 * Queues, as people handle them.
 * @module
 */
import type { Ids, LimitsFacet, QueueControl, QueueCount } from '../../contract/index.ts'
import { WAITING_STATES } from '../../contract/index.ts'
import { checkName } from '../../kit/check.ts'
import { readNames } from './arguments.ts'
import type { ClientContext } from './context.ts'
import { needFacet } from './facet.ts'

const DRAIN_PAGE = 1000

/** Pausing, draining and counting; see `QueueControl`. */
export class Queues implements QueueControl {
  readonly #context: Pick<ClientContext, 'source'>

  constructor(context: Pick<ClientContext, 'source'>) {
    this.#context = context
  }

  async pause(names: Ids): Promise<void> {
    const queues = readNames(names, 'names')
    return (await this.#limits('app.queues.pause()')).pause(queues)
  }

  async resume(names: Ids): Promise<void> {
    const queues = readNames(names, 'names')
    return (await this.#limits('app.queues.resume()')).resume(queues)
  }

  async paused(): Promise<readonly string[]> {
    return (await this.#limits('app.queues.paused()')).paused()
  }

  async drain(name: string): Promise<number> {
    checkName(name, 'name')
    const backend = await this.#context.source.open()
    const records = needFacet(backend, 'records', 'app.queues.drain()')
    // Jobs that come in meanwhile are not part of it: with a fast producer it would never end.
    const createdBefore = (await backend.info()).now + 1
    const filter = { queues: [name], states: WAITING_STATES, createdBefore }
    let drained = 0
    let after: string | null = null
    do {
      const page = await records.list(filter, { limit: DRAIN_PAGE, after, order: 'oldest' })
      if (page.jobs.length > 0) {
        const ids = page.jobs.map(({ id }) => id)
        const receipts = await records.cancel(ids, 'drained')
        drained += receipts.filter(({ outcome }) => outcome === 'done').length
      }
      after = page.next
    } while (after !== null)
    return drained
  }

  async counts(): Promise<readonly QueueCount[]> {
    return needFacet(await this.#context.source.open(), 'records', 'app.queues.counts()').counts()
  }

  async #limits(wanted: string): Promise<LimitsFacet> {
    return needFacet(await this.#context.source.open(), 'limits', wanted)
  }
}
