/**
 * `millrace schedules …`: by hand what the scheduler and the app do.
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder } from './folder.ts'
import { here } from './run.ts'

let configs = 0

/** A config of its own for each command, since a module is loaded once in a process, and closed with its command. */
function config(folder: string): string {
  configs += 1
  const file = join(folder, `config-${configs}.ts`)
  const door = new URL('../../src/index.ts', import.meta.url).pathname
  writeFileSync(
    file,
    `import { millrace, task } from ${JSON.stringify(door)}
const report = task('report', { run: () => undefined })
export default millrace({
  backend: ${JSON.stringify(`sqlite:${join(folder, 'jobs.db')}`)},
  tasks: [report],
  schedules: { declared: { task: report, cron: '@daily' } },
})
`,
  )
  return file
}

it('puts, shows, fires, pauses and removes', async () => {
  const folder = makeFolder()
  const store = ['--backend', `sqlite:${join(folder, 'jobs.db')}`]
  const project = (...args: string[]) =>
    here(['schedules', ...args, '--config', config(folder)], { cwd: folder })
  const bare = (...args: string[]) => here(['schedules', ...args, ...store], { cwd: folder })
  const json = async (...args: string[]) => JSON.parse((await bare(...args, '--json')).stdout)

  const times = ['--cron', '30 2 * * *', '--zone', 'Europe/Berlin', '--missed', '5']
  const put = await project('put', 'nightly', '--task', 'report', ...times, '--input', '{"n":1}')
  expect(put.stdout).toMatch(/^added nightly, next at \d{4}-/)
  expect((await bare('list')).stdout).toMatch(/nightly +report +30 2 \* \* \* \(Europe\/Berlin\) +waiting/)
  expect(await json('show', 'nightly')).toMatchObject({
    name: 'nightly',
    state: 'waiting',
    input: { n: 1 },
    missedLimit: 5,
    job: { task: 'report' },
  })
  expect((await json('next', 'nightly', '--count', '3')).next).toHaveLength(3)
  expect((await bare('pause', 'nightly')).stdout).toBe('Paused nightly.\n')
  expect((await json('show', 'nightly')).state).toBe('paused')
  const { fired } = await json('run', 'nightly')
  expect(fired).toMatchObject([{ schedule: 'nightly', outcome: 'created', task: 'report' }])
  expect((await bare('history', 'nightly')).stdout).toMatch(new RegExp(`enqueued by hand .*${fired[0].id}`))
  expect((await json('resume', 'nightly')).done).toEqual(['nightly'])
  expect((await bare('remove', 'nightly')).code).toBe(0)
  expect((await bare('list')).stdout).toBe('There are no schedules.\n')
})

it('shows drift, and mends it', async () => {
  const folder = makeFolder()
  const drift = (...args: string[]) =>
    here(['schedules', 'drift', ...args, '--config', config(folder)], { cwd: folder })
  const before = await drift()
  expect(before.code).toBe(1)
  expect(before.stdout).toContain('declared  missing')
  const applied = await drift('--apply', '--json')
  expect(applied.code).toBe(0)
  expect(JSON.parse(applied.stdout)).toMatchObject({ applied: { added: ['declared'] }, drift: [] })
  expect((await drift()).stdout).toBe('Config and store agree.\n')
})

it('says what is wrong', async () => {
  const folder = makeFolder()
  const call = (...args: string[]) =>
    here(['schedules', ...args, '--config', config(folder)], { cwd: folder })
  const missing = await call('pause', 'nope')
  expect(missing.code).toBe(3)
  expect(missing.stderr).toContain("There is no schedule 'nope' in the store.")
  const never = await call('put', 'x', '--task', 'report', '--cron', '0 0 31 2 *')
  expect(never.code).toBe(2)
  expect(never.stderr).toContain('no date fits it')
  expect((await call('put', 'x', '--task', 'report', '--calendar', '{')).stderr).toContain(
    '--calendar is not JSON',
  )
  expect((await call('put', 'x', '--cron', '@daily')).code).toBe(2)
  await call('drift', '--apply')
  const refused = await call('remove', 'declared')
  expect(refused.code).toBe(3)
  expect(refused.stderr).toContain('declared in code')
})
