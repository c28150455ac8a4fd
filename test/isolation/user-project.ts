/**
 * A user's project, written into a temporary folder where this package is installed. Its files are no part of
 * the repository, because its tools would not take them: some do not parse, and some need another compiler.
 * @module
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { temporaryFolder } from './temporary.ts'

const APP = `import { ConfigError, millrace, task } from 'millrace'
import { add, Kind } from './sum.js'

const sum = task('sum', {
  isolate: 'process',
  run: (input: { left: number; right: number }) => add(input.left, input.right),
})

export const kind: Kind = Kind.Plain
export const SameConfigError: unknown = ConfigError
export default millrace({ backend: 'memory:', tasks: [sum], module: import.meta.url })
`

/** An enum, and `./sum.js` for `./sum.ts`: both need more than types stripped. */
const SUM = `export enum Kind {
  Plain = 'plain',
}

export function add(left: number, right: number): number {
  return left + right
}
`

const BROKEN = 'export const fine = 1\n\nexport default {{ fine }\n'
const COMPILED = `Object.defineProperty(exports, '__esModule', { value: true })
exports.default = { tasks: [] }
exports.other = 2
`

const TYPESCRIPT = {
  'app.ts': APP,
  'sum.ts': SUM,
  'broken.ts': BROKEN,
  'imports-broken.ts': "import './broken.ts'\n\nexport default 1\n",
}

const FILES: Record<string, string> = {
  ...inFolder('esm', { 'package.json': '{ "type": "module" }', ...TYPESCRIPT }),
  ...inFolder('cjs', { 'package.json': '{}', ...TYPESCRIPT, 'compiled.cjs': COMPILED }),
  'esm/broken.mjs': BROKEN,
  'esm/imports-broken.mjs': "import './broken.mjs'\n\nexport default 1\n",
  'esm/throws.mjs': "export const fine = 1\n\nJSON.parse('{')\n",
  'esm/throws.ts': "export const fine: number = 1\n\nthrow new TypeError('no database here')\n",
  'esm/missing-import.mjs': "import './not-there.mjs'\n",
}

function inFolder(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]))
}

/** Writes the project and answers its folder's URL. */
export function writeProject(): URL {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(
    fileURLToPath(new URL('../../', import.meta.url)),
    join(folder, 'node_modules', 'millrace'),
    'junction',
  )
  return pathToFileURL(`${folder}/`)
}
