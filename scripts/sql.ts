/**
 * Compiles the SQL of each backend into TypeScript, because a published package cannot count on reading
 * `.sql` files beside its code. With `--check` it only compares, and fails where a file is stale.
 * Leading `--` lines are documentation for readers of the SQL and stay out of the string.
 * @module
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const backends = 'src/backends'
const check = process.argv.includes('--check')
const stale: string[] = []
let current = 0

const sqlFiles = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.sql'))
        .sort()
    : []

const camelCase = (stem: string) => stem.replace(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase())

/** A template literal that evaluates to exactly this text. */
const literal = (sql: string) => `\`${sql.replace(/[\\`]|\$\{/g, '\\$&')}\``

const withoutHeader = (text: string) => text.replace(/^(?:\s*--[^\n]*(?:\n|$))+/, '').trim()

const banner = (folder: string) =>
  `/** Generated from ${folder}/*.sql by \`npm run sql\`: edit those files instead. */\n`

function queriesModule(folder: string): string | undefined {
  const files = sqlFiles(join(backends, folder, 'queries'))
  if (files.length === 0) return undefined
  const entries = files.map((file) => {
    const sql = withoutHeader(readFileSync(join(backends, folder, 'queries', file), 'utf8'))
    return `  ${camelCase(file.slice(0, -4))}: ${literal(sql)},\n`
  })
  return `${banner('queries')}export const queries = Object.freeze({\n${entries.join('')}} as const)\n`
}

function migrationsModule(folder: string): string | undefined {
  const files = sqlFiles(join(backends, folder, 'migrations'))
  if (files.length === 0) return undefined
  const entries = files.map((file, index) => {
    const [, digits, name] = /^(\d{4})_([\w-]+)\.sql$/.exec(file) ?? []
    // A gap or a repeated number would make two installations disagree about what has been applied.
    if (Number(digits) !== index + 1)
      throw new Error(`${folder}/migrations/${file}: expected ${index + 1} as NNNN_name.sql`)
    const text = readFileSync(join(backends, folder, 'migrations', file), 'utf8')
    const breaking = /^--\s*breaking\b/.test(text)
    return `  { version: ${Number(digits)}, name: '${name}', breaking: ${breaking}, sql: ${literal(withoutHeader(text))} },\n`
  })
  const type =
    'ReadonlyArray<{ readonly version: number; readonly name: string; readonly breaking: boolean; readonly sql: string }>'
  return `${banner('migrations')}export const migrations: ${type} = Object.freeze([\n${entries.join('')}])\n`
}

/** Brings one generated file up to date, or notes that it is not; no module means no such file. */
function settle(path: string, module: string | undefined) {
  const found = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  if (found === module) {
    if (module !== undefined) current++
    return
  }
  stale.push(path)
  if (check) return
  if (module === undefined) rmSync(path)
  else writeFileSync(path, module)
}

for (const folder of existsSync(backends) ? readdirSync(backends) : []) {
  settle(join(backends, folder, 'queries.gen.ts'), queriesModule(folder))
  settle(join(backends, folder, 'migrations.gen.ts'), migrationsModule(folder))
}

if (check && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Mend it with: npm run sql`)
  process.exit(1)
}
console.log(`SQL modules: ${current} unchanged, ${stale.length} written`)
