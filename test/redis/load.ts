/**
 * Producers and a worker that go on whatever happens to the server, and keep account of every job.
 * @module
 */

import { exchangeRequest } from '../../src/conformance/request.ts'
import type { Backend, ClaimRef, Settlement } from '../../src/contract/index.ts'
import { sleep } from '../../src/kit/sleep.ts'
import { beat, insist, isRetriable, job, succeeded } from './store.ts'

const CLAIM = { queues: [{ name: 'default', limit: 50 }], limit: 50 }

/** What is due after so long does not belong to the load, in ms. */
const LATER_MS = 60_000

/** What is known outside the store. */
export interface Account {
  /** Ids of jobs whose enqueue was answered, and when, on the monotonic clock. */
  readonly stored: ReadonlyMap<string, number>
  /** How often each job was handed to the worker. */
  readonly ran: ReadonlyMap<string, number>
  /** Produces no more, and resolves when the worker finds nothing left that is due soon. */
  end(): Promise<void>
}

/** Producers of 20 jobs a call, and a worker that claims 50 and goes on until nothing is left. */
export function load(producer: Backend, worker: Backend, producers = 2): Account {
  const stored = new Map<string, number>()
  const ran = new Map<string, number>()
  let producing = true
  let produced = false

  const produce = async (): Promise<void> => {
    while (producing) {
      const batch = Array.from({ length: 20 }, () => job())
      await insist(() => producer.enqueue(batch))
      for (const { id } of batch) stored.set(id, performance.now())
      await sleep(1)
    }
  }
  const produceAll = async (): Promise<void> => {
    await Promise.all(Array.from({ length: producers }, produce))
    while (producing) await sleep(5)
    produced = true
  }
  const work = async (): Promise<void> => {
    let ended: Settlement[] = []
    let holding: readonly ClaimRef[] | null = null
    await insist(() => beat(worker))
    for (;;) {
      try {
        const request = exchangeRequest({ workerId: 'w', settle: ended, claim: CLAIM, holding })
        const { claimed, leaseExpired, nextDueInMs } = await worker.exchange(request)
        holding = null
        for (const { id } of claimed) ran.set(id, (ran.get(id) ?? 0) + 1)
        ended = succeeded(claimed)
        if (leaseExpired) await insist(() => beat(worker))
        else if (produced && claimed.length === 0 && (nextDueInMs ?? LATER_MS) >= LATER_MS) return
        // A store in this process answers before anybody else has had a turn.
        await sleep(claimed.length === 0 ? 2 : 0)
      } catch (error) {
        if (!isRetriable(error)) throw error
        holding = ended.map((settlement) => settlement.job)
        await sleep(5)
      }
    }
  }
  const all = Promise.all([produceAll(), work()])
  return {
    stored,
    ran,
    async end() {
      producing = false
      await all
    },
  }
}
