import { expect, test } from 'vitest'
import { alive, startProgram } from './processes.ts'

const parent = new URL('./fixtures/parent.mjs', import.meta.url)

test.each(['spin', 'hang'])(
  'a child process whose handler does %s does not outlive a killed worker',
  async (act) => {
    const program = startProgram(parent, [act])
    const { pid = 0 } = await program.saying(act === 'spin' ? 'spinning' : 'hanging')
    expect(alive(pid)).toBe(true)
    program.kill('SIGKILL')
    expect(await program.exited).toBeNull()
    await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false)
  },
)

test('idle children neither keep a worker alive nor outlive it', async () => {
  const program = startProgram(parent, ['idle'])
  const { pid = 0 } = await program.saying('idle')
  expect(await program.exited).toBe(0)
  await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false)
})

test('closing waits for idle children, though these keep nobody alive', async () => {
  const program = startProgram(parent, ['idle', 'close'])
  const { pid = 0 } = await program.saying('idle')
  await program.saying('closed')
  expect(alive(pid)).toBe(false)
  expect(await program.exited).toBe(0)
})
