/**
 * Words that no committed file may hold: work left for later, a test that silences its neighbours, and
 * the name of a host or a folder that exists on one machine only.
 * @module
 */
import { readFileSync } from 'node:fs'
import { houseFiles } from './house-files.ts'

const forbidden: readonly { pattern: RegExp; instead: string }[] = [
  { pattern: /\b(?:TODO|FIXME|XXX)\b/, instead: 'do it now, or open an issue' },
  { pattern: /\.only\(/, instead: 'run one test with `npx vitest run -t name`' },
  {
    // A host, which ends like one or stands behind `//`; `registry.tasks.find` is code.
    pattern: /\/\/registry\.|\bregistry\.[\w-]+\.(?:com|org|net|io|dev)\b|\bnpmjs\.(?:org|com)\b/,
    instead: 'name the package, not a host that serves it',
  },
  { pattern: /"resolved": "https?:/, instead: 'run npm install with the .npmrc of this repository' },
  {
    pattern: /(?<![\w.$}*-])\/(?:home|root|work|Users)\/\w/,
    instead: 'use a path relative to the repository',
  },
]

let found = 0
for (const file of houseFiles()) {
  if (file === 'scripts/words.ts') continue
  const text = readFileSync(file, 'utf8')
  if (text.includes('\0')) continue
  for (const [index, line] of text.split('\n').entries()) {
    for (const { pattern, instead } of forbidden) {
      const [word] = pattern.exec(line) ?? []
      if (word === undefined) continue
      found++
      console.error(`${file}:${index + 1} holds ${word} — ${instead}`)
    }
  }
}
if (found > 0) process.exit(1)
console.log('no forbidden words')
