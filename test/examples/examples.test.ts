/**
 * The examples run, end by themselves, and say what they should.
 * @module
 */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Lines that each example prints, in this order; others may come in between. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'web-app': [
    'signing up ada@example.com: 202',
    'signing up ada@example.com: 202',
    'the second click is the same job',
    'signing up not an address: 422',
    'the mail to ada@example.com succeeded',
  ],
  'sqlite-transaction': [
    'purchase 1: bought',
    'purchase 2: bought',
    'purchase 3: refused (CHECK constraint failed: stock >= 0)',
    'jobs: 2',
    "[ { id: 1, invoice: 'invoice 1' }, { id: 2, invoice: 'invoice 2' } ]",
  ],
  'batch-import': ['enqueued: 10000', 'enqueued by the second start: 0', '100 %', 'stored: 9996, refused: 4'],
}

const folders = readdirSync(join(repository, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

test('every example is listed here', () => {
  expect(folders.sort()).toEqual(Object.keys(EXPECTED).sort())
})

describe.concurrent('examples', () => {
  test.each(folders)('%s', { timeout: 60_000 }, async (name) => {
    const script = join('examples', name, 'main.ts')
    expect(existsSync(join(repository, script))).toBe(true)
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      cwd: repository,
      timeout: 50_000,
      env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' },
    })
    expect(stderr).not.toMatch(/error/i)
    const printed = stdout.split('\n')
    const expected = EXPECTED[name] ?? []
    expect(
      printed.filter((line) => expected.includes(line)),
      stdout,
    ).toEqual(expected)
  })
})
