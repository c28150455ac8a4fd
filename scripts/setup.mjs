/**
 * Makes the folder ready to run: installs what the lock file names, builds what changed. Plain JavaScript
 * without a dependency, because it runs before there are any; does nothing, quickly, when all is current.
 * `--install` leaves the build to others.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'))
const stampFile = 'dist/.stamp'

/** Compares contents, not times: a checkout or an `npm install` changes times without changing anything. */
function installed() {
  if (!existsSync('node_modules/.package-lock.json')) return false
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages
  const present = packagesOf('node_modules/.package-lock.json')
  return Object.entries(packagesOf('package-lock.json')).every(
    ([path, wanted]) =>
      path === '' ||
      wanted.optional ||
      wanted.devOptional ||
      wanted.peer ||
      present[path]?.version === wanted.version,
  )
}

/** Changes when any file that the build reads is edited, added or removed. */
function fingerprint() {
  const hash = createHash('sha256')
  const add = (path) => {
    const { mtimeMs, size } = statSync(path)
    hash.update(`${path}:${size}:${mtimeMs}\n`)
  }
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path)
      else if (!entry.name.endsWith('.gen.ts')) add(path)
    }
  }
  walk('src')
  const build = ['build.ts', 'bundle.ts', 'sql.ts', 'ui.ts'].map((script) => `scripts/${script}`)
  for (const path of ['tsconfig.base.json', 'tsconfig.build.json', 'doors.ts', ...build]) add(path)
  return hash.digest('hex')
}

function step(command, ...args) {
  const started = performance.now()
  console.log(`setup: ${[command, ...args].join(' ')}`)
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) {
    console.error(`setup: ${command} failed`)
    process.exit(status ?? 1)
  }
  console.log(`setup: done in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

if (!installed()) {
  console.log('setup: installing the dependencies, which takes a minute or two')
  step('npm', 'ci')
}
if (process.argv.includes('--install')) process.exit()

// Taken before the build, so that an edit made while it runs is built next time.
const now = fingerprint()
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== now) {
  step('npm', 'run', '--silent', 'build')
  writeFileSync(stampFile, now)
}
