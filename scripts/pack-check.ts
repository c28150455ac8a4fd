/**
 * Packs the package as it would be published, has publint and attw judge the tarball, installs it in an
 * empty project and imports every door there: what works in this repository may lack a file outside it.
 * @module
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { doors } from '../doors.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-pack-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let failed = false

/** Runs a command to its end; prints its output only if it failed. */
function run(title: string, cwd: string, command: string, ...args: string[]): Promise<boolean> {
  return new Promise((done) => {
    let output = ''
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => {
      if (code !== 0) {
        failed = true
        console.error(`${title} failed:\n${output.trim()}`)
      }
      done(code === 0)
    })
  })
}

const bin = (name: string) => resolve('node_modules/.bin', name)

if (!(await run('npm pack', '.', 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder)))
  process.exit(1)
const file = readdirSync(folder).find((name) => name.endsWith('.tgz'))
if (!file) throw new Error('npm pack made no tarball')
const tarball = join(folder, file)

const importEveryDoor = async () => {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const names = Object.keys(doors).map((door) => `millrace${door.slice(1)}`)
  const script = names.map((name) => `await import('${name}')\n`).join('')
  writeFileSync(join(folder, 'doors.js'), script)
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock']
  if (await run('npm install of the tarball', folder, 'npm', 'install', ...flags, tarball)) {
    await run('importing every door', folder, process.execPath, 'doors.js')
  }
}

await Promise.all([
  run('publint', '.', bin('publint'), 'run', tarball, '--strict'),
  run('attw', '.', bin('attw'), tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'),
  importEveryDoor(),
])
if (failed) process.exit(1)
console.log(`${Object.keys(doors).length} doors open from the packed tarball`)
