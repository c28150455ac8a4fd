/**
 * This command's own arguments, for the children it starts.
 * @module
 */

/** The arguments without these options and their values. */
export function withoutOptions(argv: readonly string[], names: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (names.includes(word)) at += 1
    else if (!names.some((name) => word.startsWith(`${name}=`))) kept.push(word)
  }
  return kept
}
