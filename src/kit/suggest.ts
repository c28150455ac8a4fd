/**
 * Did-you-mean: the known word that a mistyped one is nearest to.
 * @module
 */

/** More of a word is not looked at: it comes from outside, and the time grows with its length. */
const LONGEST = 64

/** Edits between two words: insert, delete, replace, or swap two neighbours. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replace = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      let best = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replace)
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) best = Math.min(best, (beforePrevious[column - 2] ?? 0) + 1)
      current.push(best)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length] ?? 0
}

/** The letters alone, so that `maxDelay`, `max-delay` and `MAX_DELAY` are one word. */
function letters(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/gu, '')
}

/**
 * The candidate nearest to `word`, or null where none is near enough (a third of its length in typing
 * mistakes; the start of a longer word counts as near).
 */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  const wanted = letters(word.slice(0, LONGEST))
  if (wanted === '') return null
  let nearest: string | null = null
  let nearestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  let startsAlike: string | null = null
  for (const candidate of candidates) {
    const known = letters(candidate)
    if (wanted.length >= 3 && (known.startsWith(wanted) || (known.length >= 3 && wanted.startsWith(known)))) {
      startsAlike ??= candidate
    }
    if (Math.abs(known.length - wanted.length) >= nearestDistance) continue
    const distance = editDistance(wanted, known)
    if (distance < nearestDistance) {
      nearest = candidate
      nearestDistance = distance
    }
  }
  return nearest ?? startsAlike
}
