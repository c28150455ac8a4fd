/**
 * Lists the scripts with a sentence each; fails if one has none, so that the list stays whole.
 * @module
 */
import { readFileSync } from 'node:fs'

const sentences = {
  build: 'Compile src/ into dist/, incrementally.',
  test: 'Install and build what changed, then run all tests. `npm test -- claim` runs the files named so.',
  check: 'Everything that must hold before a commit, with the command that mends each failure.',
  demo: 'Run the demonstration.',
  bench: 'Run the benchmarks.',
  format: 'Format and mend what the linter can mend by itself.',
  doors: 'Write the public subpaths of doors.ts into package.json.',
  sql: "Compile the backends' .sql files into TypeScript.",
  lua: "Compile the backends' .lua files into TypeScript.",
  ui: "Bundle the dashboard's script and styles into TypeScript.",
  types: 'Check the types of everything.',
  rooms: 'Check which room imports which.',
  knip: 'Look for dead code and unused dependencies.',
  'pack-check': 'Pack the package, install it elsewhere and import every door.',
  setup: 'Install and build what changed; a second run does nothing.',
  help: 'This list.',
}

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const names = Object.keys(scripts).filter((name) => !/^(?:pre|post)/.test(name))
for (const name of names) console.log(`npm run ${name.padEnd(11)} ${sentences[name] ?? ''}`)

const silent = names.filter((name) => !sentences[name])
if (silent.length > 0) {
  console.error(`scripts/help.mjs has no sentence for: ${silent.join(', ')}`)
  process.exit(1)
}
