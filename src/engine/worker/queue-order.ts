/**
 * In which order, and how much, to claim from each queue: strictly, or by weight.
 * @module
 */
import type { ClaimRequest } from '../../contract/index.ts'
import type { Lane } from './slots.ts'

type Wanted = ClaimRequest['queues'][number]

/** Decides how a claim is spread over the queues. */
export class QueueOrder {
  readonly #shares: readonly Share[]
  readonly #strict: boolean
  #asked: readonly Share[] = []

  constructor(lanes: readonly Lane[], mode: 'strict' | 'weighted', slots: number) {
    this.#shares = lanes.map((lane) => new Share(lane, slots))
    this.#strict = mode === 'strict' || lanes.length === 1
  }

  /**
   * Queues to claim from, and how much from each, to fill `limit`.
   * @param ahead jobs to hold ahead of free slots; a queue with slots of its own gets its part of them.
   */
  spread(limit: number, ahead: number): Wanted[] {
    for (const share of this.#shares) share.begin(ahead)
    const open = this.#shares.filter((share) => share.room > 0)
    if (this.#strict) for (const share of open) share.limit = Math.min(limit, share.room)
    this.#asked = this.#strict ? open : spreadByWeight(open, limit)
    return this.#asked.map(({ lane, limit: most }) => ({ name: lane.name, limit: most }))
  }

  /** Learns from what the claim gave, which each lane has counted. */
  learn(limit: number): void {
    let left = limit
    for (const share of this.#asked) {
      const most = Math.min(left, share.limit)
      // A queue that the claim did not come to is as unknown as before.
      if (most > 0) share.wet = share.lane.given >= most
      left -= share.lane.given
    }
  }

  /** True where a queue gave all it was asked for and has room again: it may well have more. */
  more(ahead: number): boolean {
    return this.#shares.some((share) => share.wet && share.roomWith(ahead) > 0)
  }
}

/** A lane, and what is remembered of it between claims. */
class Share {
  readonly lane: Lane
  readonly #part: number
  /** Of smooth weighted round-robin: how far it is behind its due. */
  credit = 0
  /** It gave all it was asked for at the last claim. */
  wet = false
  /** Most jobs it can take in this claim. */
  room = 0
  /** How many it is asked for in this claim. */
  limit = 0

  constructor(lane: Lane, slots: number) {
    this.lane = lane
    this.#part = Math.min(1, lane.cap / slots)
  }

  begin(ahead: number): void {
    this.room = this.roomWith(ahead)
    this.limit = 0
    this.lane.given = 0
  }

  roomWith(ahead: number): number {
    return Math.max(0, this.lane.room + Math.floor(ahead * this.#part))
  }
}

/**
 * Smooth weighted round-robin over the queues that had something at the last look, in parts of one claim.
 * A queue that was empty gets its part as well, beside the others' and not out of it, for it will hardly use
 * it: so no slot stays free for a queue that has nothing, and none starves.
 */
function spreadByWeight(open: readonly Share[], limit: number): readonly Share[] {
  const wet = open.filter((share) => share.wet)
  if (wet.length === 0) {
    const order = deal(open, limit)
    for (const share of order) share.limit = Math.min(limit, share.room)
    return order
  }
  const dry = open.filter((share) => !share.wet)
  const weight = wet.reduce((total, share) => total + share.lane.weight, 0)
  for (const share of dry) {
    const part = Math.ceil((limit * share.lane.weight) / (weight + share.lane.weight))
    share.limit = Math.min(part, share.room)
  }
  const order = deal(wet, limit)
  // What the others leave goes to the last one rather than to nobody.
  const last = order.at(-1)
  if (last !== undefined) last.limit = Math.min(limit, last.room)
  return [...dry, ...order.filter((share) => share.limit > 0)]
}

/** Deals `limit` picks as limits of the shares; answers them in the order of their first picks. */
function deal(shares: readonly Share[], limit: number): Share[] {
  const order: Share[] = []
  let open = shares
  for (let dealt = 0; dealt < limit; dealt += 1) {
    let best: Share | undefined
    let total = 0
    for (const share of open) {
      share.credit += share.lane.weight
      total += share.lane.weight
      if (best === undefined || share.credit > best.credit) best = share
    }
    if (best === undefined) break
    best.credit -= total
    if (best.limit === 0) order.push(best)
    best.limit += 1
    if (best.limit === best.room) open = open.filter((share) => share !== best)
  }
  return [...order, ...shares.filter((share) => share.limit === 0)]
}
