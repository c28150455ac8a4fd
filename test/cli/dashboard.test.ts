import { expect, test } from 'vitest'
import { makeFolder, makeProject, write } from './folder.ts'
import { start } from './run.ts'

async function urlOf(running: ReturnType<typeof start>): Promise<string> {
  await running.sees(/http:\S+/)
  return /http:\S+/.exec(running.stdout())?.[0] ?? ''
}

test('it serves the project’s store on a loopback address until it is told to stop', async () => {
  const running = start(['dashboard', '--port', '0'], { cwd: makeProject() })
  const url = await urlOf(running)
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  const page = await (await fetch(url)).text()
  expect(page).toContain('Overview')
  const csrf = /data-csrf="([^"]+)"/.exec(page)?.[1] ?? ''
  const body = new URLSearchParams({ queue: 'mail', csrf })
  expect((await fetch(`${url}do/queue.pause`, { method: 'POST', body, redirect: 'manual' })).status).toBe(303)
  await running.sees(/local\s+queue\.pause\s+mail/)
  running.child.kill('SIGTERM')
  expect((await running.ended).code).toBe(143)
})

test('anywhere else it does not start without somebody who guards it', async () => {
  const cwd = makeFolder()
  const { code, stderr } = await start(['dashboard', '--host', '0.0.0.0', '--backend', 'memory:'], { cwd })
    .ended
  expect(code).toBe(2)
  expect(stderr).toContain('everybody who reaches this machine')
  expect(stderr).toContain('MILLRACE_DASHBOARD_TOKEN')
})

test('users come from a file with hashes that the command makes', async () => {
  const cwd = makeProject()
  const hashed = await start(['dashboard', '--hash-password', '--json'], { cwd, input: 'correct horse\n' })
    .ended
  const { passwordHash } = JSON.parse(hashed.stdout) as { passwordHash: string }
  write(cwd, { 'users.json': JSON.stringify([{ name: 'anna', passwordHash, role: 'view' }]) })
  const running = start(['dashboard', '--port', '0', '--users', 'users.json', '--json'], { cwd })
  await running.sees(/dashboard:started/)
  const { url } = JSON.parse(running.stdout().split('\n')[0] ?? '') as { url: string }
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(303)
  const body = new URLSearchParams({ name: 'anna', secret: 'correct horse' })
  const logged = await fetch(`${url}login`, { method: 'POST', body, redirect: 'manual' })
  const cookie = logged.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  expect(await (await fetch(url, { headers: { cookie } })).text()).toContain('anna')
  running.child.kill('SIGTERM')
  await running.ended
})

test('a taken port and a bad file of users are said', async () => {
  const cwd = makeProject({ 'users.json': '{}' })
  const bad = await start(['dashboard', '--users', 'users.json', '--backend', 'memory:'], { cwd }).ended
  expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('is no list of users')])
  const first = start(['dashboard', '--port', '0', '--backend', 'memory:'], { cwd })
  const port = new URL(await urlOf(first)).port
  const second = await start(['dashboard', '--port', port, '--backend', 'memory:'], { cwd }).ended
  expect(second.stderr).toContain('Choose another with --port')
  first.child.kill('SIGTERM')
  await first.ended
})
