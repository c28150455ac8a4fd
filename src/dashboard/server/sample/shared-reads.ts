/**
 * The same question asked by many pages within a moment goes to the store once.
 * @module
 */

const MOST_KEPT = 200

/** Answers by question, kept for a moment. */
export class SharedReads {
  readonly #keptMs: number
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>()

  constructor(keptMs: number) {
    this.#keptMs = keptMs
  }

  /** The answer to a question that was asked lately, or a new one. Failures are not kept. */
  ask<T>(question: readonly unknown[], read: () => Promise<T>): Promise<T> {
    const key = JSON.stringify(question)
    const now = performance.now()
    const kept = this.#answers.get(key)
    // A question has one kind of answer, as its first word says.
    if (kept !== undefined && now - kept.at < this.#keptMs) return kept.answer as Promise<T>
    const answer = read()
    this.#answers.set(key, { at: now, answer })
    answer.catch(() => this.#answers.delete(key))
    if (this.#answers.size > MOST_KEPT) this.#sweep(now)
    return answer
  }

  /** Something was changed by hand. */
  forget(): void {
    this.#answers.clear()
  }

  #sweep(now: number): void {
    for (const [key, { at }] of this.#answers) if (now - at >= this.#keptMs) this.#answers.delete(key)
    for (const key of this.#answers.keys()) {
      if (this.#answers.size <= MOST_KEPT) break
      this.#answers.delete(key)
    }
  }
}
