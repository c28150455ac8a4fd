/**
 * Finds the code samples of a page. What a fence says after its language decides what is done with it:
 *
 * - `ts`: a complete module. It is type-checked, and run until it ends by itself.
 * - `ts file=tasks.ts`: a module that later samples of the page import, and commands find. Only type-checked.
 * - `ts no-run`: a complete module that would not end, or needs what a test has not. Only type-checked.
 * - `ts fragment`: a piece that makes sense only after the page's latest `<!-- prelude … -->`. Only type-checked.
 * - `sh run`: `millrace` commands, run one after the other, all of a page in one folder.
 *
 * A comment `// → text` in a sample that runs says that a line of its output is this text.
 * @module
 */

type SampleKind = 'run' | 'file' | 'no-run' | 'fragment' | 'shell'

/** Lines of a page, counted from 1, both included. */
interface Lines {
  readonly first: number
  readonly last: number
}

export interface Sample {
  /** Path of the page, relative to the repository. */
  readonly page: string
  /** The first line of its code in the page. */
  readonly line: number
  readonly kind: SampleKind
  /** Of kind `file`: its name. */
  readonly name: string | null
  readonly code: string
  /**
   * The page with everything blanked that is not the sample's, so that each line has the number it has in
   * the page, for the compiler and in stacks.
   */
  readonly module: string
}

const FENCE = /^(\s*)(`{3,})(.*)$/
const MISNAMED = new Set(['typescript', 'tsx', 'js', 'javascript', 'mjs', 'bash', 'shell'])
const PRELUDE = '<!-- prelude'

/** The samples of a page that something is done with. */
export function readSamples(page: string, text: string): Sample[] {
  const lines = text.split('\n')
  const samples: Sample[] = []
  let prelude: Lines | null = null
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]?.trim() === PRELUDE) {
      const end = endOf(
        lines,
        at,
        (line) => line.trim() === '-->',
        `${page}:${at + 1}: the prelude has no end`,
      )
      prelude = { first: at + 2, last: end }
      at = end
      continue
    }
    const [, indent = '', ticks, info = ''] = FENCE.exec(lines[at] ?? '') ?? []
    if (ticks === undefined) continue
    const end = endOf(lines, at, (line) => line.trim() === ticks, `${page}:${at + 1}: the fence has no end`)
    const own = { first: at + 2, last: end }
    const told = readInfo(info.trim(), `${page}:${at + 1}`)
    if (told !== null) samples.push(toSample(page, lines, own, prelude, indent, told))
    at = end
  }
  return samples
}

/** The index of the line that ends what begins at `from`. */
function endOf(
  lines: readonly string[],
  from: number,
  ends: (line: string) => boolean,
  trouble: string,
): number {
  const end = lines.findIndex((line, index) => index > from && ends(line))
  if (end < 0) throw new Error(trouble)
  return end
}

type Told = Pick<Sample, 'kind' | 'name'>

/** What the fence asks for; null where its code is only to be read. */
function readInfo(info: string, place: string): Told | null {
  const [language = '', ...words] = info.split(/\s+/)
  if (MISNAMED.has(language)) throw new Error(`${place}: write \`ts\` or \`sh\` instead of \`${language}\``)
  if (language !== 'ts' && language !== 'sh') return null
  const [word, ...rest] = words
  if (rest.length === 0) {
    if (language === 'sh' && word === undefined) return null
    if (language === 'sh' && word === 'run') return { kind: 'shell', name: null }
    if (language === 'ts' && word === undefined) return { kind: 'run', name: null }
    if (language === 'ts' && (word === 'no-run' || word === 'fragment')) return { kind: word, name: null }
    const [, name] = /^file=([\w.-]+\.m?ts)$/.exec(word ?? '') ?? []
    if (language === 'ts' && name !== undefined) return { kind: 'file', name }
  }
  throw new Error(`${place}: nobody knows what to do with \`${info}\`; see test/docs/samples.ts`)
}

function toSample(
  page: string,
  lines: readonly string[],
  own: Lines,
  prelude: Lines | null,
  indent: string,
  told: Told,
): Sample {
  if (told.kind === 'fragment' && prelude === null) {
    throw new Error(`${page}:${own.first - 1}: a fragment needs a \`${PRELUDE} … -->\` above it`)
  }
  const kept = told.kind === 'fragment' && prelude !== null ? [prelude, own] : [own]
  const isKept = (line: number): boolean => kept.some(({ first, last }) => line >= first && line <= last)
  const code = lines.slice(own.first - 1, own.last).map((line) => line.slice(indent.length))
  return {
    page,
    line: own.first,
    ...told,
    code: code.join('\n'),
    module: lines.map((line, index) => (isKept(index + 1) ? line : '')).join('\n'),
  }
}

/** What a sample says that it prints. */
export function promisedLines(code: string): string[] {
  return [...code.matchAll(/\/\/ → (.*?)\s*$/gm)].map(([, text = '']) => text)
}
