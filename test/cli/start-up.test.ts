/**
 * The command starts quickly: below 300 ms of CPU.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { makeFolder, makeStore } from './folder.ts'
import { MAIN } from './run.ts'

/** CPU of a run in ms: the least of a few, as others use the machine too. */
function cpuMs(args: readonly string[]): number {
  const times = Array.from({ length: 4 }, () => {
    const result = spawnSync(
      'bash',
      ['-c', `TIMEFORMAT='%U %S'; time "${process.execPath}" "${MAIN}" ${args.join(' ')} > /dev/null`],
      { encoding: 'utf8' },
    )
    const [user = Number.NaN, system = Number.NaN] = result.stderr.trim().split(' ').map(Number)
    return (user + system) * 1_000
  })
  return Math.min(...times)
}

it.skipIf(process.platform === 'win32')('--help and stats', async () => {
  const url = await makeStore(makeFolder(), [])
  expect(cpuMs(['--help'])).toBeLessThan(300)
  expect(cpuMs(['stats', '--backend', url])).toBeLessThan(300)
})
