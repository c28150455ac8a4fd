/**
 * Listens to wakes.
 * @module
 */
import type { Backend, Interest, Unsubscribe, WakeTopic } from '../contract/index.ts'
import { sleep } from '../kit/sleep.ts'
import { ConformanceFailure } from './expect.ts'

/** A backend may need a poll to notice another process; longer than this nobody should sleep past a job. */
const PATIENCE_MS = 2_000

/** A subscription that remembers what it was woken for. */
export class Bell {
  readonly heard: WakeTopic[] = []
  #unsubscribe: Unsubscribe = () => {}

  /** Subscribes. */
  static async hang(backend: Backend, interest: Interest): Promise<Bell> {
    const bell = new Bell()
    bell.#unsubscribe = await backend.subscribe(interest, (topic) => bell.heard.push(topic))
    return bell
  }

  /** Does something and waits, in real time, until the bell rang for it. */
  async ringsFor(topic: WakeTopic, what: string, cause: () => Promise<unknown>): Promise<void> {
    await this.quiet()
    await cause()
    for (let waited = 0; waited < PATIENCE_MS; waited += 2) {
      if (this.heard.includes(topic)) return
      await sleep(2)
    }
    throw new ConformanceFailure(`a wake for ${what} within ${PATIENCE_MS} ms`, topic, this.heard)
  }

  /** Waits until earlier causes have been told, and forgets them. */
  async quiet(): Promise<void> {
    do {
      this.heard.length = 0
      await sleep(25)
    } while (this.heard.length > 0)
  }

  /** Unsubscribes. */
  async remove(): Promise<void> {
    await this.#unsubscribe()
  }
}
