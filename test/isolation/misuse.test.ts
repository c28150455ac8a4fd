import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { AnyTask } from '../../src/contract/index.ts'
import {
  childFlags,
  contract,
  createEventBus,
  createIsolation,
  decodeThrown,
  encodeThrown,
  setDefaultModule,
} from './built.ts'
import { testJob } from './job.ts'
import { temporaryFolder } from './temporary.ts'

const fixtures = {
  tasks: new URL('./fixtures/tasks.mjs', import.meta.url).href,
  loadFailsOnce: new URL('./fixtures/load-fails-once.mjs', import.meta.url).href,
  startsAWorker: new URL('./fixtures/starts-a-worker.mjs', import.meta.url).href,
}
const run = () => 'ran'
const taskOf = (name: string, options: object = { isolate: 'thread', run }) =>
  ({ name, options, runnable: true }) as unknown as AnyTask
const isolations: { close(): Promise<void> }[] = []

afterEach(async () => {
  setDefaultModule(undefined)
  await Promise.all(isolations.splice(0).map((isolation) => isolation.close()))
})

function isolationFor(module: string | undefined) {
  const isolation = createIsolation({ module, events: createEventBus() })
  isolations.push(isolation)
  return isolation
}

async function errorOf(module: string, name: string, options?: object): Promise<Error> {
  const handler = isolationFor(module).handler(taskOf(name, options))
  return Promise.resolve(handler({}, testJob(name))).then(
    () => expect.unreachable('it should fail'),
    (error: Error) => error,
  )
}

test('without a module, asking for the handler says how to give one', () => {
  const { handler } = isolationFor(undefined)
  expect(() => handler(taskOf('a'))).toThrow(contract.InvalidOptionError)
  expect(() => handler(taskOf('a'))).toThrow(/module: import\.meta\.url/)
})

test('the command line’s module serves where the app names none', async () => {
  setDefaultModule(fixtures.tasks)
  const handler = isolationFor(undefined).handler(taskOf('alone'))
  expect(await handler({ act: 'echo', value: 3 }, testJob('alone'))).toBe(3)
})

test('a handler of batches cannot be isolated', () => {
  const { handler } = isolationFor(fixtures.tasks)
  expect(() => handler(taskOf('many', { isolate: 'thread', runMany: () => [] }))).toThrow(
    /runMany.* cannot be isolated/,
  )
})

test('a limit in which no child could live is refused', () => {
  const { handler } = isolationFor(fixtures.tasks)
  expect(() => handler(taskOf('tiny', { isolate: { in: 'thread', memoryMiB: 2 }, run }))).toThrow(
    /from 16 to/,
  )
})

test('a task that the module does not offer is named, with what it offers', async () => {
  const error = await errorOf(fixtures.tasks, 'proces')
  expect(error).toBeInstanceOf(contract.InvalidOptionError)
  expect(error.message).toMatch(
    /no runnable task "proces" in .*tasks\.mjs.*"alone".*did you mean "process"\?/,
  )
})

test.each(['thread', 'process'])(
  'a module that cannot be loaded is the error of the attempt in a %s',
  async (way) => {
    const broken = join(temporaryFolder(), 'broken.mjs')
    writeFileSync(broken, 'export const fine = 1\n\nexport default {{ fine }\n')
    const error = await errorOf(broken, 'x', { isolate: way, run })
    expect(error).toBeInstanceOf(contract.ConfigError)
    expect(error.message).toMatch(/Syntax error in .*broken\.mjs:3/)
  },
)

test('after a load that failed, the next attempt gets a fresh child', async () => {
  process.env.MILLRACE_TEST_MARKER = join(temporaryFolder(), 'marker')
  const handler = isolationFor(fixtures.loadFailsOnce).handler(taskOf('patient', { isolate: 'process', run }))
  await expect(Promise.resolve(handler({}, testJob('patient')))).rejects.toThrow('the service is not up')
  expect(await handler({}, testJob('patient'))).toBe('worked')
})

test('a module that starts a worker is refused in the child, not started again and again', async () => {
  const error = await errorOf(fixtures.startsAWorker, 'eager')
  expect(error.message).toContain('starts a worker as soon as it is loaded')
})

test('a child process keeps loaders and conditions, and no other program’s flags', () => {
  const flags = [
    '--import',
    'x',
    '-e',
    'code',
    '--inspect-brk=0',
    '--conditions=dev',
    '--watch',
    '--max-old-space-size=9',
  ]
  expect(childFlags(flags)).toEqual(['--import', 'x', '--conditions=dev', '--max-old-space-size=9'])
})

test('errors that point at themselves, and fields that cannot be copied, do no harm', () => {
  const error = Object.assign(new Error('round'), {
    self: {} as unknown,
    list: [1n],
    many: ['x'.repeat(10_000)],
    n: 1n,
  })
  error.self = error
  error.cause = error
  const back = decodeThrown(structuredClone(encodeThrown(error))) as Error & Record<string, unknown>
  expect(back).toMatchObject({ message: 'round', n: 1n })
  expect(back).not.toHaveProperty('list')
  expect(back).not.toHaveProperty('many')
})
