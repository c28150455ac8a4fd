/**
 * Writes the doors of `doors.ts` into the `exports` of package.json; with `--check` only compares.
 * Types come first, because a resolver takes the first condition that matches.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { doors } from '../doors.ts'

const inDist = (source: string, extension: string) =>
  source.replace(/^src\//, './dist/').replace(/\.ts$/, extension)

const exports: Record<string, unknown> = {}
for (const [door, source] of Object.entries(doors)) {
  exports[door] = { types: inDist(source, '.d.ts'), default: inDist(source, '.js') }
}
exports['./package.json'] = './package.json'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const drifted = JSON.stringify(manifest.exports) !== JSON.stringify(exports)

if (drifted && process.argv.includes('--check')) {
  console.error('The exports of package.json differ from doors.ts. Mend it with: npm run doors')
  process.exit(1)
}
if (drifted) writeFileSync('package.json', `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`)
console.log(`${Object.keys(doors).length} doors, ${drifted ? 'written to package.json' : 'unchanged'}`)
