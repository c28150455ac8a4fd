/**
 * `millrace dev`: restarts on changes of source files and of nothing else, and survives broken code.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { watchSources } from '../../src/cli/dev-watch.ts'
import { CONFIG, makeFolder, makeProject, write } from './folder.ts'
import { start } from './run.ts'

it('restarts on a change, reports broken code, and goes on once it is mended', async () => {
  const folder = makeProject()
  const dev = start(['dev'], { cwd: folder })
  onTestFinished(() => void dev.child.kill('SIGKILL'))
  await dev.sees(/started/)
  write(folder, { 'millrace.config.mjs': 'export default millrace({' })
  await dev.sees(/changed: millrace.config.mjs/)
  await dev.sees(/error: Syntax error in .*millrace.config.mjs/)
  await dev.sees(/exited with code 1; waiting for a change/)
  write(folder, { 'millrace.config.mjs': CONFIG.replace("'greet'", "'greeting'") })
  await dev.sees(/waiting for a change[\s\S]*started/)
  dev.child.kill('SIGINT')
  const { code } = await dev.ended
  expect(code).toBe(130)
})

it('sees sources, new folders among them, and nothing that a handler writes', async () => {
  const folder = makeFolder()
  write(folder, { 'a.ts': '', 'src/b.ts': '', 'node_modules/x/i.js': '', 'data/c.json': '' })
  const changes: string[][] = []
  const stop = await watchSources({
    folder,
    ignore: ['data'],
    quietMs: 60,
    onChange: (paths) => changes.push([...paths]),
    onError: (error) => {
      throw error
    },
  })
  onTestFinished(stop)
  const settle = async () => {
    await sleep(250)
    return changes.splice(0)
  }
  write(folder, {
    'jobs.db': 'x',
    'jobs.db-wal': 'x',
    'report.pdf': 'x',
    'node_modules/x/i.js': 'y',
    'data/c.json': '{}',
    '.git/x.ts': '',
  })
  expect(await settle()).toEqual([])
  write(folder, { 'a.ts': '1', 'src/b.ts': '1' })
  expect(await settle()).toEqual([['a.ts', join('src', 'b.ts')]])
  mkdirSync(join(folder, 'fresh', 'deep'), { recursive: true })
  await sleep(100)
  writeFileSync(join(folder, 'fresh', 'deep', 'n.ts'), '')
  expect((await settle()).flat()).toContain(join('fresh', 'deep', 'n.ts'))
  write(folder, { '.env': 'A=1' })
  expect(await settle()).toEqual([['.env']])
})
