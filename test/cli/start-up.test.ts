/**
 * Each command starts quickly: below 300 ms of CPU, with a TypeScript config as well.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { beforeAll, expect, it } from 'vitest'
import { makeProject } from './folder.ts'
import { MAIN, run } from './run.ts'

const LIMIT_MS = 300
let limit = LIMIT_MS

beforeAll(() => {
  // Where the machine is so busy or slow that Node alone takes long, that is what counts.
  limit = Math.max(LIMIT_MS, 3 * cpuMs(tmpdir(), ['-e', '0']))
})

/** Typed, so that no Node loads it as JavaScript. */
const TYPED = `
import { millrace, task } from 'millrace'
const greet = task('greet', { run: (input: { name: string }): string => input.name })
export default millrace({ backend: 'sqlite:jobs.db', tasks: [greet] })
`

/** CPU of a run of node in ms: the least of a few, as others use the machine, too. */
function cpuMs(cwd: string, args: readonly string[]): number {
  const line = [process.execPath, ...args].map((word) => `'${word}'`).join(' ')
  const timed = `TIMEFORMAT='%U %S'; time ${line} > /dev/null 2> /dev/null`
  const times = Array.from({ length: 3 }, () => {
    const { stderr } = spawnSync('bash', ['-c', timed], { cwd, encoding: 'utf8' })
    const [user = Number.NaN, system = Number.NaN] = stderr.trim().split(' ').map(Number)
    return (user + system) * 1_000
  })
  return Math.min(...times)
}

it.skipIf(process.platform === 'win32').each([
  ['--help', ['--help']],
  ['enqueue', ['enqueue', 'greet', '{"name":"Ada"}']],
  ['stats', ['stats', '--backend', 'sqlite:jobs.db']],
  ['stats of the config’s store', ['stats']],
  ['jobs list', ['jobs', 'list']],
])('%s', async (_name, args) => {
  const cwd = makeProject({ 'millrace.config.ts': TYPED })
  // Makes the store, and the compiled config that is kept beside the project's packages.
  expect(await run(['enqueue', 'greet', '{"name":"Ada"}'], { cwd })).toMatchObject({ code: 0 })
  expect(await run(args, { cwd })).toMatchObject({ code: 0 })
  expect(cpuMs(cwd, [MAIN, ...args])).toBeLessThan(limit)
})
