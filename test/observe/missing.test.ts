/**
 * Without the optional packages, what needs them says so at once. Against the built package, where nothing else is.
 * @module
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

const SCRIPT = `
import { logEvents, prometheus } from 'millrace/observe'
const app = { events: { on: () => () => {} }, tasks: [] }
for (const start of [logEvents, prometheus]) {
  for (const time of [1, 2]) await start(app).catch(({ code, message }) => console.log(time, code, message))
}
`

test('the message has the command that installs it, each time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-missing-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  for (const part of ['package.json', 'dist'])
    cpSync(join(REPOSITORY, part), join(folder, 'node_modules/millrace', part), { recursive: true })
  writeFileSync(join(folder, 'script.mjs'), SCRIPT)
  const { stdout } = await promisify(execFile)(process.execPath, ['script.mjs'], { cwd: folder })
  const pino = 'package-missing logEvents() without a logger needs the package pino, which cannot be loaded. '
  const metrics = 'package-missing prometheus() needs the package prom-client, which cannot be loaded. '
  expect(stdout.trim().split('\n')).toEqual([
    ...[1, 2].map((time) => `${time} ${pino}Install it with: npm install pino`),
    ...[1, 2].map((time) => `${time} ${metrics}Install it with: npm install prom-client`),
  ])
})
