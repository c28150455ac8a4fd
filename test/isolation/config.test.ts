import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { contract, defaultModule, findConfig, loadConfig } from './built.ts'
import { temporaryFolder } from './temporary.ts'

const APP = 'export default { tasks: [], enqueue() {} }'

function project(files: Record<string, string>): string {
  const root = temporaryFolder()
  mkdirSync(join(root, 'deep', 'deeper'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
  return root
}

async function refusal(load: () => unknown): Promise<string> {
  const error: unknown = await Promise.resolve()
    .then(load)
    .then(
      () => expect.unreachable('it should be refused'),
      (thrown: unknown) => thrown,
    )
  expect(error).toBeInstanceOf(contract.ConfigError)
  return (error as Error).message
}

test('is found in the current folder or the nearest one above', () => {
  const root = project({
    'millrace.config.mjs': APP,
    'deep/millrace.config.js': APP,
    'deep/millrace.config.ts': APP,
  })
  expect(findConfig({ cwd: root })).toBe(join(root, 'millrace.config.mjs'))
  expect(findConfig({ cwd: join(root, 'deep', 'deeper') })).toBe(join(root, 'deep', 'millrace.config.ts'))
})

test('a path given outright is taken from the current folder', () => {
  const root = project({ 'deep/other.mjs': APP, 'millrace.config.mjs': APP })
  expect(findConfig({ cwd: join(root, 'deep'), config: 'other.mjs' })).toBe(join(root, 'deep', 'other.mjs'))
})

test('where there is none, the message says what was looked for and how to write one', async () => {
  const root = project({})
  const message = await refusal(() => findConfig({ cwd: root }))
  for (const word of [root, 'millrace.config.ts', '--config', 'export default millrace(', 'millrace init']) {
    expect(message).toContain(word)
  }
})

test.each([
  ['nothing.ts', 'There is no file'],
  ['deep', 'is not a file'],
  ['notes.txt', 'expected .ts, .mts'],
])('--config %s is refused', async (config, words) => {
  const root = project({ 'notes.txt': 'hello' })
  const message = await refusal(() => findConfig({ cwd: root, config }))
  expect(message).toContain(words)
  expect(message).toContain(`--config ${config}`)
})

test('loading answers the app and tells children of isolate where it came from', async () => {
  const root = project({
    'millrace.config.mts': `const app: object = { tasks: [], enqueue() {} }\nexport default app`,
  })
  const { app, path } = await loadConfig({ cwd: root })
  expect(app.tasks).toEqual([])
  expect(path).toBe(join(root, 'millrace.config.mts'))
  expect(defaultModule()).toBe(pathToFileURL(path).href)
})

test.each([
  [
    'export const app = { tasks: [], enqueue() {} }',
    'exports the app as "app", and not as its default export',
  ],
  ['export const other = 1', 'has no default export (it exports other)'],
  ['export default { backend: "memory:" }', 'but an object with backend'],
  ['export default () => {}', 'but a function: call it'],
  ['export default Promise.resolve({})', 'but a promise: put `await` before it'],
  ['export default 7', 'but 7'],
])('%s is no configuration', async (text, words) => {
  const message = await refusal(() => loadConfig({ cwd: project({ 'millrace.config.mjs': text }) }))
  expect(message).toContain(words)
  expect(message).toContain('export default millrace(')
})
