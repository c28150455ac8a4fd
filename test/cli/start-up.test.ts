/**
 * The command starts quickly: below 300 ms of CPU.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { makeFolder, makeStore } from './folder.ts'
import { MAIN } from './run.ts'

const LIMIT_MS = 300

/** CPU of a run of node in ms: the least of a few, as others use the machine, too. */
function cpuMs(args: readonly string[]): number {
  const line = [process.execPath, ...args].map((word) => `'${word}'`).join(' ')
  const times = Array.from({ length: 5 }, () => {
    const { stderr } = spawnSync('bash', ['-c', `TIMEFORMAT='%U %S'; time ${line} > /dev/null`], {
      encoding: 'utf8',
    })
    const [user = Number.NaN, system = Number.NaN] = stderr.trim().split(' ').map(Number)
    return (user + system) * 1_000
  })
  return Math.min(...times)
}

it.skipIf(process.platform === 'win32')('--help and stats', async () => {
  const url = await makeStore(makeFolder(), [])
  // Where the machine is so busy or slow that Node alone takes long, that is what counts.
  const limit = Math.max(LIMIT_MS, 3 * cpuMs(['-e', '0']))
  expect(cpuMs([MAIN, '--help'])).toBeLessThan(limit)
  expect(cpuMs([MAIN, 'stats', '--backend', url])).toBeLessThan(limit)
})
