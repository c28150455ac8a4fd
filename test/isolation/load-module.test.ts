import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { AnyTask } from '../../src/contract/index.ts'
import { contract, createEventBus, createIsolation, loadModule } from './built.ts'
import { testJob } from './job.ts'
import { writeProject } from './user-project.ts'

const folder = writeProject()
const at = (path: string) => new URL(path, folder).href

async function failure(path: string): Promise<Error> {
  return loadModule(at(path)).then(
    () => expect.unreachable('it should not load'),
    (error: Error) => error,
  )
}

describe.each(['esm', 'cjs'])('TypeScript in a package of type %s', (type) => {
  test('is loaded without a build, with the very classes of this process', async () => {
    const exports = await loadModule(at(`${type}/app.ts`))
    expect(exports.kind).toBe('plain')
    expect(exports.SameConfigError).toBe(contract.ConfigError)
  })

  test('runs in an isolated child', async () => {
    const { default: app } = (await loadModule(at(`${type}/app.ts`))) as { default: { tasks: AnyTask[] } }
    const isolation = createIsolation({ module: at(`${type}/app.ts`), events: createEventBus() })
    try {
      const handler = isolation.handler(app.tasks[0] as AnyTask)
      expect(await handler({ left: 2, right: 3 }, testJob('sum'))).toBe(5)
    } finally {
      await isolation.close()
    }
  })

  test.each(['broken.ts', 'imports-broken.ts'])('%s: a syntax error has file and line', async (name) => {
    const error = await failure(`${type}/${name}`)
    expect(error).toBeInstanceOf(contract.ConfigError)
    expect(error.message).toMatch(/^Syntax error in .*[\\/]broken\.ts:3:\d+: /)
  })
})

describe('JavaScript', () => {
  test.each(['broken.mjs', 'imports-broken.mjs'])('%s: a syntax error has file and line', async (name) => {
    const error = await failure(`esm/${name}`)
    expect(error).toBeInstanceOf(contract.ConfigError)
    expect(error.message).toMatch(/^Syntax error in .*[\\/]broken\.mjs:3: Unexpected token/)
  })

  test('compiled CommonJS gives its own default export', async () => {
    expect(await loadModule(at('cjs/compiled.cjs'))).toMatchObject({ default: { tasks: [] }, other: 2 })
  })

  test('a path relative to the current folder will do', async () => {
    const exports = await loadModule(relative(process.cwd(), fileURLToPath(at('cjs/compiled.cjs'))))
    expect(exports.other).toBe(2)
  })
})

test.each([
  ['esm/throws.mjs', /throws\.mjs could not be loaded: .*JSON.*throws\.mjs:3:\d+\)$/],
  ['esm/throws.ts', /throws\.ts could not be loaded: no database here \(at .*throws\.ts:3:\d+\)$/],
  ['esm/missing-import.mjs', /missing-import\.mjs could not be loaded: Cannot find module .*not-there\.mjs/],
  ['esm/nothing.ts', /^There is no file .*nothing\.ts\.$/],
])('%s is refused with the reason and its place', async (path, message) => {
  const error = await failure(path)
  expect(error).toBeInstanceOf(contract.ConfigError)
  expect(error.message).toMatch(message)
})
