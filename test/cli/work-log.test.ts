/**
 * `millrace work` as a source of logs and metrics.
 * @module
 */
import { expect, test } from 'vitest'
import { CONFIG, makeProject, makeStore, newJob } from './folder.ts'
import { jsonLines, run, start } from './run.ts'

test('--log prints a JSON line for every step, and nothing else on standard output', async () => {
  const folder = makeProject()
  await makeStore(folder, [newJob('a'), newJob('x', { task: 'fail', queue: 'bad', maxAttempts: 1 })])
  const { code, stdout } = await run(['work', '--drain', '--log', 'ecs'], { cwd: folder })
  expect(code).toBe(1)
  const lines = jsonLines(stdout)
  const steps = lines.map((line) => line['event.action'])
  expect(steps.toSorted()).toEqual(
    [
      ...['job:failed', 'job:started', 'job:started', 'job:succeeded'],
      ...['worker:quiet', 'worker:started', 'worker:stopped'].filter((name) => steps.includes(name)),
    ].toSorted(),
  )
  expect(lines.find((line) => line['event.action'] === 'job:failed')).toMatchObject({
    ...{ 'log.level': 'error', 'error.message': 'it broke', millrace: { jobId: 'x', task: 'fail' } },
  })
})

test('a config that logs is left to do it', async () => {
  const own = "import { logEvents } from 'millrace/observe'\n"
  const config = `${own}${CONFIG.replace('export default', 'const app =')}\nawait logEvents(app)\nexport default app\n`
  const folder = makeProject({ 'millrace.config.mjs': config })
  await makeStore(folder, [newJob('a')])
  const { stdout } = await run(['work', '--drain', '--verbose'], { cwd: folder })
  expect(stdout.match(/job:succeeded/g)).toHaveLength(1)
  expect(stdout).not.toMatch(/done +greet/)
  const twice = await run(['work', '--drain', '--log', 'plain'], { cwd: folder })
  expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('logged already') })
})

test('--metrics-port serves figures until the worker has stopped', async () => {
  const folder = makeProject()
  await makeStore(folder, [newJob('a')])
  const running = start(['work', '--metrics-port', '0', '--verbose'], { cwd: folder })
  await running.sees(/done +greet/)
  const [url = ''] = /http:\S+/.exec(running.stdout()) ?? []
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
  const page = await (await fetch(url)).text()
  expect(page).toContain('millrace_attempts_total{task="greet",outcome="succeeded"} 1\n')
  expect(page).toContain('millrace_slots 10\n')
  expect((await fetch(new URL('/', url))).status).toBe(404)
  running.child.kill('SIGTERM')
  expect((await running.ended).code).toBe(0)
})

test('the dashboard serves what the store says', async () => {
  const folder = makeProject()
  await makeStore(folder, [newJob('a')])
  const running = start(['dashboard', '--port', '0', '--metrics-port', '0'], { cwd: folder })
  await running.sees(/millrace dashboard/)
  const [url = ''] = /http:\S+metrics/.exec(running.stdout()) ?? []
  expect(await (await fetch(url)).text()).toContain(
    'millrace_queue_jobs{queue="default",state="pending"} 1\n',
  )
  running.child.kill('SIGTERM')
  await running.ended
})

test.each([
  [['--log', 'ecs', '--json'], /Choose one/],
  [['--log', 'elk'], /field names/],
  [['--metrics-port', '9464', '--processes', '2'], /one process/],
])('refuses %j', async (flags, message) => {
  const { code, stderr } = await run(['work', ...flags], { cwd: makeProject() })
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
})
