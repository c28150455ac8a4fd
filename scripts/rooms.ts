/**
 * Checks which room imports which. dependency-cruiser checks nothing, and says so to nobody, when it
 * cannot read the sources; so the tree must have a minimum of modules, and a canary tree that breaks
 * every rule must be reported for every rule.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const minimumModules = 5
const config = resolve('.dependency-cruiser.cjs')
const cruiser = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

interface Violation {
  from: string
  to: string
  rule: { name: string }
}

function cruise(folder: string): { totalCruised: number; violations: Violation[] } {
  const args = [cruiser, 'src', '--config', config, '--output-type', 'json']
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (!stdout) throw new Error(stderr)
  return JSON.parse(stdout).summary
}

const { forbidden } = createRequire(import.meta.url)(config) as {
  forbidden: { name: string; comment: string }[]
}
const complaints: string[] = []

const house = cruise('.')
if (house.totalCruised < minimumModules) {
  complaints.push(`only ${house.totalCruised} modules were read, expected at least ${minimumModules}`)
}
for (const { from, to, rule } of house.violations) {
  const comment = forbidden.find(({ name }) => name === rule.name)?.comment
  complaints.push(`${rule.name}: ${from} imports ${to}\n    ${comment}`)
}

if (existsSync('test/house/canary')) {
  const sung = new Set(cruise('test/house/canary').violations.map(({ rule }) => rule.name))
  for (const { name } of forbidden) {
    if (!sung.has(name))
      complaints.push(`the canary breaks ${name}, but it was not reported: the rule checks nothing`)
  }
} else complaints.push('test/house/canary is missing')

for (const complaint of complaints) console.error(complaint)
if (complaints.length > 0) process.exit(1)
console.log(`${house.totalCruised} modules in their rooms, ${forbidden.length} rules alive`)
