/**
 * What this process knows of the server's clock: whether it was set back, and until when that matters.
 *
 * A job that was ready stays ready then, though its due time lies ahead of now. No index leads to such jobs, so that
 * claims look for them only as long as there can be any.
 * @module
 */

/** How much further the clock may have stood than this process was told, in ms: others heard of later times. */
const UNTOLD_MS = 60_000

/** The server's clock, as its answers tell it. */
export class ServerClock {
  /** Called when it turns out that the clock was set back. */
  onSetBack: () => void = () => {}
  #latest = 0
  #aheadUntil = 0

  /** The time of the latest answer, ms since 1970. To be read before a statement is sent: answers overtake one another. */
  get latest(): number {
    return this.#latest
  }

  /** Until this time jobs may be ready whose due time is ahead of now; null where there are none. */
  get aheadUntil(): number | null {
    return this.#latest < this.#aheadUntil ? this.#aheadUntil : null
  }

  /** A statement found the clock at `now`. @param before a time it had reached before the statement was sent. */
  told(now: number, before: number): void {
    this.#latest = now
    if (now >= before || before + UNTOLD_MS <= this.#aheadUntil) return
    this.#aheadUntil = before + UNTOLD_MS
    this.onSetBack()
  }
}
