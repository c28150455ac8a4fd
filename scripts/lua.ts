/**
 * Compiles the Lua of each backend into TypeScript, as sql.ts does with SQL. A script says in its header which pieces
 * of `lib/` it uses, and which keys: all of them stand before it, the keys as locals of the same names; they are put
 * together when the module is loaded, so that it holds each piece once. With `--check`
 * it only compares, and fails where a file is stale. Comments and indentation stay out of the string, and numbers that
 * have a name in capitals are written where the name stood, since Lua knows no constants and few locals.
 * @module
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const backends = 'src/backends'
const check = process.argv.includes('--check')

interface Source {
  readonly uses: readonly string[]
  readonly keys: readonly string[]
  readonly code: string
}

const luaFiles = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.lua'))
        .sort()
    : []

const camelCase = (stem: string) => stem.replace(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase())

/** A template literal that evaluates to exactly this text. */
const literal = (lua: string) => `\`${lua.replace(/[\\`]|\$\{/g, '\\$&')}\``

function read(path: string): Source {
  const lines = readFileSync(path, 'utf8').split('\n')
  const names = (word: string) =>
    lines.flatMap((line) => (line.startsWith(`-- ${word}: `) ? line.slice(word.length + 5).split(' ') : []))
  const code = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('--'))
  return { uses: names('uses'), keys: names('keys'), code: code.join('\n') }
}

/** The pieces a script needs, each behind those it needs itself. */
function pieces(folder: string, source: Source, seen: Map<string, Source>): Map<string, Source> {
  for (const name of source.uses) {
    if (seen.has(name)) continue
    const piece = read(join(folder, 'lib', `${name}.lua`))
    pieces(folder, piece, seen)
    seen.set(name, piece)
  }
  return seen
}

const CONSTANTS = /^local ([A-Z]\w*(?:, [A-Z]\w*)*) = ([\d^., -]+)$/

/** The numbers that have a name in capitals, in all of these sources. */
function constants(sources: readonly Source[], path: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of sources.flatMap(({ code }) => code.split('\n'))) {
    const [, names, numbers] = CONSTANTS.exec(line) ?? []
    if (names === undefined || numbers === undefined) continue
    const given = numbers.split(', ')
    for (const [at, name] of names.split(', ').entries()) {
      const value = given[at]
      if (values.has(name) || value === undefined) throw new Error(`${path}: ${name} has no value, or two`)
      values.set(name, /^\d+$/.test(value) ? value : `(${value})`)
    }
  }
  return values
}

/** Writes in the numbers that have a name in capitals. */
function withConstants(code: string, values: ReadonlyMap<string, string>): string {
  const written = (piece: string) => piece.replace(/\b[A-Z]\w*/g, (name) => values.get(name) ?? name)
  const kept = code.split('\n').filter((line) => !CONSTANTS.test(line))
  // Every second piece is a string.
  return kept
    .map((line) =>
      line.replace(/'(?:[^'\\]|\\.)*'|[^']+/g, (piece) => (piece.startsWith("'") ? piece : written(piece))),
    )
    .join('\n')
}

/** A piece of `lib/`, written once for all scripts that use it. */
function libraryEntry(folder: string, name: string): string {
  const piece = read(join(folder, 'lib', `${name}.lua`))
  const base = name === 'base' ? [] : [read(join(folder, 'lib', 'base.lua'))]
  const seen = [...base, ...pieces(folder, piece, new Map()).values(), piece]
  return `  ${camelCase(name)}: ${literal(withConstants(piece.code, constants(seen, name)))},\n`
}

function entry(folder: string, file: string): string {
  const script = read(join(folder, file))
  const base = read(join(folder, 'lib', 'base.lua'))
  const used = pieces(folder, script, new Map())
  const all = [base, ...used.values(), script]
  const keys = [...new Set(all.flatMap((source) => source.keys))].sort()
  const named = keys.length === 0 ? [] : [`'local ${keys.join(', ')} = unpack(KEYS)'`]
  const own = literal(withConstants(script.code, constants(all, file)))
  const parts = [...named, ...['base', ...used.keys()].map((name) => `lib.${camelCase(name)}`), own]
  const list = keys.map((key) => `'${key}'`).join(', ')
  return `  ${camelCase(file.slice(0, -4))}: {\n    keys: [${list}],\n    code: [${parts.join(', ')}].join('\\n'),\n  },\n`
}

const stale: string[] = []
let current = 0
for (const backend of readdirSync(backends)) {
  const folder = join(backends, backend, 'scripts')
  const files = luaFiles(folder)
  if (files.length === 0) continue
  const path = join(backends, backend, 'scripts.gen.ts')
  const banner = '/** Generated from scripts/*.lua by `npm run lua`: edit those files instead. */\n'
  const library = luaFiles(join(folder, 'lib')).map((file) => libraryEntry(folder, file.slice(0, -4)))
  const body = files.map((file) => entry(folder, file)).join('')
  const module = `${banner}const lib = {\n${library.join('')}}\n\nexport const scripts = Object.freeze({\n${body}} as const)\n`
  if (existsSync(path) && readFileSync(path, 'utf8') === module) current++
  else {
    stale.push(path)
    if (!check) writeFileSync(path, module)
  }
}

if (check && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Mend it with: npm run lua`)
  process.exit(1)
}
console.log(`Lua modules: ${current} unchanged, ${stale.length} written`)
