/**
 * The kit under another runner than the one of these tests, in processes of its own, as a user runs it.
 * @module
 */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

interface Ended {
  readonly code: number | null
  readonly output: string
}

function nodeTest(file: URL): Promise<Ended> {
  // The reporter that prints the same on a terminal and elsewhere.
  return runNode(['--test', '--test-reporter=spec', fileURLToPath(file)], 25_000)
}

/** Jest, as its own guide says to run it where a package is published as ES modules. */
function jest(file: URL): Promise<Ended> {
  const command = createRequire(import.meta.url).resolve('jest/bin/jest')
  const path = fileURLToPath(file)
  const which = ['--rootDir', dirname(path), '--testMatch', `**/${basename(path)}`]
  const how = ['--testTimeout', '60000', '--runInBand']
  return runNode(['--experimental-vm-modules', command, ...which, ...how], 100_000)
}

async function runNode(args: readonly string[], timeout: number): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: '0' },
    timeout,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, output }
}

test('node:test: tests that pass', async () => {
  const { code, output } = await nodeTest(new URL('fixtures/node-passing.mjs', import.meta.url))
  expect(output).toMatch(/pass 2\n.*fail 0\n/)
  expect(code).toBe(0)
})

test('Jest: tests that pass', { timeout: 120_000 }, async () => {
  const { code, output } = await jest(new URL('fixtures/jest-passing.mjs', import.meta.url))
  expect(output).toMatch(/Tests: +2 passed, 2 total/)
  expect(code).toBe(0)
})

test('node:test: tests that fail say why', async () => {
  const { code, output } = await nodeTest(new URL('fixtures/node-failing.mjs', import.meta.url))
  expect(code).toBe(1)
  expect(output).toMatch(/pass 0\n.*fail 2\n/)
  expect(output).toContain('AssertionError')
  expect(output).toContain("input.to: expected 'ada', got 'bob'")
  expect(output).toMatch(/DrainError.*1 of 2 jobs failed:/)
  expect(output).toContain('the next one in 1h: RangeError: no such mailbox')
})

test('node:test: a forgotten close() does not keep the process alive', async () => {
  const { code, output } = await nodeTest(new URL('fixtures/unclosed.mjs', import.meta.url))
  expect([code, output]).toEqual([0, expect.stringMatching(/pass 1\n/)])
})

test('node:test: mocked timers are refused, a mocked date is not', async () => {
  const { output } = await nodeTest(new URL('fixtures/node-mocked.mjs', import.meta.url))
  expect(output).toMatch(/pass 1\n.*fail 1\n/)
  expect(output).toContain('drain() cannot work while timers are faked')
})
