/**
 * A waiting line, ordered by time and then by store order, in which taking the first costs the same however
 * long the line is.
 * @module
 */

/** A place in a line. The key never changes; `item` is null once the place was given up. */
export interface Place<T> {
  readonly at: number
  readonly seq: number
  item: T | null
}

/**
 * Nearly everything arrives in order, so the line is an array that grows at its end. The few that do not
 * (a released job, a delayed one that became due) queue in a heap beside it, and the first of both is first.
 * Places in the middle are given up by emptying them; they are swept out once they outnumber the others.
 */
export class Line<T> {
  #run: Place<T>[] = []
  #head = 0
  #stragglers: Place<T>[] = []
  #empty = 0

  /** How many items stand in the line. */
  get size(): number {
    return this.#run.length - this.#head + this.#stragglers.length - this.#empty
  }

  /** Lets an item in at its place. */
  add(item: T, at: number, seq: number): Place<T> {
    const place: Place<T> = { at, seq, item }
    const last = this.#run[this.#run.length - 1]
    if (last === undefined || before(last, place)) this.#run.push(place)
    else pushHeap(this.#stragglers, place)
    return place
  }

  /** Gives up a place; harmless when it was given up already. */
  remove(place: Place<T>): void {
    if (place.item === null) return
    place.item = null
    this.#empty += 1
    if (this.#empty > 1_000 && this.#empty > this.size) this.#sweep()
  }

  /** The first item, which stays where it is. */
  first(): T | undefined {
    this.#dropEmptyHeads()
    const run = this.#run[this.#head]
    const straggler = this.#stragglers[0]
    if (run === undefined) return straggler?.item ?? undefined
    if (straggler === undefined || before(run, straggler)) return run.item ?? undefined
    return straggler.item ?? undefined
  }

  #dropEmptyHeads(): void {
    while (this.#head < this.#run.length && this.#run[this.#head]?.item === null) {
      this.#head += 1
      this.#empty -= 1
    }
    if (this.#head > 1_000 && this.#head * 2 > this.#run.length) {
      this.#run = this.#run.slice(this.#head)
      this.#head = 0
    }
    while (this.#stragglers[0]?.item === null) {
      popHeap(this.#stragglers)
      this.#empty -= 1
    }
  }

  #sweep(): void {
    const live = [...this.#run.slice(this.#head), ...this.#stragglers].filter((place) => place.item !== null)
    this.#run = live.sort((a, b) => (before(a, b) ? -1 : 1))
    this.#head = 0
    this.#stragglers = []
    this.#empty = 0
  }
}

type Key = Pick<Place<unknown>, 'at' | 'seq'>

function before(a: Key, b: Key): boolean {
  return a.at === b.at ? a.seq < b.seq : a.at < b.at
}

function pushHeap<K extends Key>(heap: K[], added: K): void {
  let at = heap.length
  heap.push(added)
  while (at > 0) {
    const parentAt = (at - 1) >> 1
    const parent = heap[parentAt] as K
    if (!before(added, parent)) break
    heap[at] = parent
    at = parentAt
  }
  heap[at] = added
}

function popHeap<K extends Key>(heap: K[]): void {
  const moved = heap.pop()
  if (moved === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    let childAt = at * 2 + 1
    const left = heap[childAt]
    const right = heap[childAt + 1]
    if (left === undefined) break
    let child = left
    if (right !== undefined && before(right, left)) {
      child = right
      childAt += 1
    }
    if (!before(child, moved)) break
    heap[at] = child
    at = childAt
  }
  heap[at] = moved
}
