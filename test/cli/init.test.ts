/**
 * `millrace init`: writes, never overwrites, and what it writes runs.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder, makeProject, write } from './folder.ts'
import { here, run } from './run.ts'

it.each([
  ['TypeScript', [], {}, 'ts'],
  ['TypeScript in a package as npm init makes it', [], { 'package.json': '{"type":"commonjs"}' }, 'ts'],
  ['JavaScript in an ESM package', ['--js'], { 'package.json': '{"type":"module"}' }, 'js'],
  ['JavaScript elsewhere', ['--js'], {}, 'mjs'],
])('writes a project that runs: %s', async (_name, flags, files, ending) => {
  const folder = makeProject(files)
  const { code, stdout } = await here(['init', ...flags, '--json'], { cwd: folder })
  expect(code).toBe(0)
  const created = [`millrace.config.${ending}`, `tasks/send-welcome-email.${ending}`]
  expect(JSON.parse(stdout)).toEqual({
    created,
    overwritten: [],
    scripts: { dev: 'millrace dev', work: 'millrace work' },
  })
  const enqueued = await run(
    ['enqueue', 'send-welcome-email', '{"to":"ada@example.com"}', '--id', 'one', '--json'],
    { cwd: folder },
  )
  expect(JSON.parse(enqueued.stdout)).toEqual({ id: 'one', outcome: 'created', task: 'send-welcome-email' })
  const worked = await run(['work', '--drain'], { cwd: folder })
  expect(worked).toMatchObject({ code: 0 })
  const shown = await run(['jobs', 'show', 'one', '--json'], { cwd: folder })
  expect(JSON.parse(shown.stdout)).toMatchObject({
    state: 'succeeded',
    output: { messageId: expect.any(String) },
  })
})

it('never overwrites without --force, and then writes nothing at all', async () => {
  const folder = makeFolder()
  write(folder, { 'tasks/send-welcome-email.ts': 'mine' })
  const refused = await here(['init'], { cwd: folder })
  expect(refused.code).toBe(3)
  expect(refused.stderr).toMatch(/tasks\/send-welcome-email.ts would be overwritten[\s\S]*--force/)
  expect(existsSync(join(folder, 'millrace.config.ts'))).toBe(false)
  expect(readFileSync(join(folder, 'tasks/send-welcome-email.ts'), 'utf8')).toBe('mine')
  const forced = await here(['init', '--force', '--json'], { cwd: folder })
  expect(JSON.parse(forced.stdout)).toMatchObject({ overwritten: ['tasks/send-welcome-email.ts'] })
  expect(readFileSync(join(folder, 'tasks/send-welcome-email.ts'), 'utf8')).toContain('task(')
})

it('says so where package.json is broken', async () => {
  const folder = makeFolder()
  write(folder, { 'package.json': '{' })
  const { code, stderr } = await here(['init', '--js'], { cwd: folder })
  expect(code).toBe(2)
  expect(stderr).toMatch(/package.json is not JSON/)
})
