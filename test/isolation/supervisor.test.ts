import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { alive, type Program, startProgram } from './processes.ts'
import { temporaryFolder } from './temporary.ts'

const script = new URL('./fixtures/supervise.mjs', import.meta.url)
const quick = { restartMs: 10, maxRestartMs: 40 }
const programs: Program[] = []

afterEach(() => {
  for (const program of programs.splice(0)) program.kill('SIGKILL')
})

function supervise(mode: string, options: object = {}): Program {
  const counter = join(temporaryFolder(), 'starts')
  const whole = { processes: 1, argv: [mode, counter], rules: quick, ...options }
  const program = startProgram(script, [JSON.stringify(whole)])
  programs.push(program)
  return program
}

function events(program: Program, name: string): (number | undefined)[] {
  return program.said.filter((line) => line.event === name).map((line) => line.process)
}

test('runs several processes and stops them on SIGTERM', async () => {
  const program = supervise('serve', { processes: 3 })
  await program.saying('supervisor:ready', 3)
  expect(new Set(events(program, 'serving'))).toEqual(new Set([1, 2, 3]))
  program.kill('SIGTERM')
  expect(await program.exited).toBe(0)
  expect(events(program, 'stopped by SIGTERM')).toHaveLength(3)
})

test('a crashed process is started again, with a pause that is reported', async () => {
  const program = supervise('crash-twice')
  await program.saying('supervisor:ready')
  const crashes = program.said.filter((line) => line.event === 'supervisor:crashed')
  expect(crashes).toHaveLength(2)
  expect(crashes[0]).toMatchObject({ process: 1, how: 'exited with code 7', againInMs: expect.any(Number) })
  program.kill('SIGINT')
  expect(await program.exited).toBe(0)
})

test('a process killed by a signal is started again', async () => {
  const program = supervise('crash-ready')
  expect(await program.saying('supervisor:crashed')).toMatchObject({ how: 'was ended by SIGKILL' })
  await program.saying('serving', 2)
  program.kill('SIGTERM')
  expect(await program.exited).toBe(0)
})

test('a process that never gets ready is given up, and its exit code passed on', async () => {
  const program = supervise('crash-always')
  expect(await program.exited).toBe(7)
  expect(events(program, 'supervisor:crashed')).toHaveLength(4)
  expect(events(program, 'supervisor:gave-up')).toHaveLength(1)
})

test('a wrong command line is not tried again', async () => {
  const program = supervise('usage', { processes: 2 })
  expect(await program.exited).toBe(2)
  expect(events(program, 'supervisor:crashed')).toHaveLength(0)
})

test('without restart a failure is final, and a success is always', async () => {
  const failing = supervise('fail', { restart: false })
  expect(await failing.exited).toBe(1)
  const done = supervise('done', { processes: 2 })
  expect(await done.exited).toBe(0)
  expect(events(done, 'supervisor:ended').sort()).toEqual([1, 2])
})

test('a second signal kills at once', async () => {
  const program = supervise('stubborn')
  const { pid = 0 } = await program.saying('supervisor:ready')
  program.kill('SIGTERM')
  await program.saying('ignored')
  // A signal that follows at once counts as the same one, so that this is sent until it is taken.
  const impatient = setInterval(() => program.kill('SIGTERM'), 200)
  expect(await program.exited).toBe(143)
  clearInterval(impatient)
  await expect.poll(() => alive(pid), { timeout: 5_000 }).toBe(false)
})

test('a process that does not stop in time is killed', async () => {
  const program = supervise('stubborn', { rules: { stopMs: 100 } })
  await program.saying('supervisor:ready')
  program.kill('SIGTERM')
  expect(await program.exited).toBe(1)
  expect(events(program, 'supervisor:killed')).toEqual([1])
})

test.each(['SIGHUP', 'SIGUSR2'] as const)(
  '%s replaces the processes one by one without a gap',
  async (signal) => {
    const program = supervise('serve', { processes: 2 })
    await program.saying('supervisor:ready', 2)
    program.kill(signal)
    await program.saying('stopped by SIGTERM', 2)
    const steps = ['supervisor:replacing', 'supervisor:ready', 'stopped by SIGTERM']
    const order = program.said.map((line) => line.event ?? '').filter((event) => steps.includes(event))
    expect(order.slice(order.indexOf('supervisor:replacing'))).toEqual([...steps, ...steps])
    program.kill('SIGTERM')
    expect(await program.exited).toBe(0)
  },
)

test('a process that cannot be replaced goes on', async () => {
  const program = supervise('bad-second')
  const { pid = 0 } = await program.saying('supervisor:ready')
  program.kill('SIGUSR2')
  await program.saying('supervisor:not-replaced')
  expect(alive(pid)).toBe(true)
  program.kill('SIGTERM')
  expect(await program.exited).toBe(0)
})

test('a process above its memory limit is replaced gracefully', async () => {
  const program = supervise('hog', { maxMemoryMiB: 200 })
  const first = await program.saying('serving')
  const stopped = await program.saying('stopped by SIGTERM')
  expect(stopped.pid).toBe(first.pid)
  expect(await program.saying('supervisor:replacing')).toMatchObject({
    why: expect.stringContaining('more than 200'),
  })
  program.kill('SIGTERM')
  expect(await program.exited).toBe(0)
})

test('the processes stop when the supervisor is killed', async () => {
  const program = supervise('serve', { processes: 2 })
  await program.saying('supervisor:ready', 2)
  const pids = program.said.filter((line) => line.event === 'serving').map((line) => line.pid ?? 0)
  program.kill('SIGKILL')
  await program.exited
  for (const pid of pids) await expect.poll(() => alive(pid), { timeout: 5_000 }).toBe(false)
})

test('lines are marked with their process, in words and as JSON', async () => {
  const people = supervise('plain', { processes: 2, json: false })
  expect(await people.exited).toBe(0)
  const lines = people.said.map((said) => said.line)
  expect(lines.sort()).toEqual(['[1] another', '[1] one line', '[2] another', '[2] one line'])
  expect(people.remarks()).toContain('[1] a remark')
  expect(people.remarks()).toContain('supervisor: process 2 started')
  const programs = supervise('plain')
  expect(await programs.exited).toBe(0)
  expect(programs.said).toContainEqual({ process: 1, line: 'one line' })
})
