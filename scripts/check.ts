/**
 * Everything that must hold before a change is committed, without any service running. All steps run even
 * if one fails, so that one run tells all; each failure says what mends it.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { delimiter, resolve } from 'node:path'

interface Step {
  name: string
  command: string
  /** What the reader does when it fails. */
  mend: string
}

const steps: Step[] = [
  { name: 'sql modules', command: 'tsx scripts/sql.ts --check', mend: 'npm run sql' },
  { name: 'lua modules', command: 'tsx scripts/lua.ts --check', mend: 'npm run lua' },
  { name: 'dashboard ui', command: 'tsx scripts/ui.ts --check', mend: 'npm run ui' },
  {
    name: 'error docs',
    command: 'tsx scripts/error-docs.ts --check',
    mend: 'npx tsx scripts/error-docs.ts',
  },
  { name: 'doors', command: 'tsx scripts/doors.ts --check', mend: 'npm run doors' },
  {
    name: 'build',
    command: 'node scripts/setup.mjs',
    mend: 'mend the errors above; see them again with: npm run build',
  },
  {
    name: 'types',
    command: 'tsc -p tsconfig.json && tsc -p src/dashboard/ui/browser',
    mend: 'mend the types above; see them again with: npm run types',
  },
  {
    name: 'format, lint',
    command: 'biome check --error-on-warnings',
    mend: 'npm run format, then mend by hand what is left',
  },
  {
    name: 'rooms',
    command: 'tsx scripts/rooms.ts',
    mend: 'move the code where the rule says; see it again with: npm run rooms',
  },
  { name: 'dead code', command: 'knip', mend: 'delete it or use it; see it again with: npm run knip' },
  { name: 'sizes', command: 'tsx scripts/sizes.ts', mend: 'split the file by topic' },
  {
    name: 'words',
    command: 'tsx scripts/words.ts',
    mend: 'mend the lines above; see them again with: npx tsx scripts/words.ts',
  },
  {
    name: 'pack',
    command: 'tsx scripts/pack-check.ts',
    mend: 'mend package.json or doors.ts; see it again with: npm run pack-check',
  },
]

const env = { ...process.env, PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}` }
const failed: string[] = []

for (const { name, command, mend } of steps) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(command, {
    shell: true,
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 26,
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(14)} ${seconds.padStart(5)} s`)
  if (status === 0) continue
  failed.push(name)
  console.log(`${stdout}${stderr}`.trim().replace(/^/gm, '     '))
  console.log(`     mend it with: ${mend}\n`)
}

console.log(failed.length === 0 ? 'check: all is well' : `check: ${failed.join(', ')} failed`)
process.exitCode = failed.length === 0 ? 0 : 1
