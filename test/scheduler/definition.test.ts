/** What is wrong with a schedule is said when it is defined. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { millrace, task } from '../../src/index.ts'
import { makeRoom, sweep } from './room.ts'

const typed = task('typed', { input: z.object({ n: z.number() }), run: () => undefined })

function file(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-schedules-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test.each<[string, object, string, RegExp]>([
  ['31 February', { cron: '0 0 31 2 *' }, 'cron', /never|no date fits/],
  [
    '30 February on a calendar',
    { calendar: { at: '09:00', days: 30, months: 'february' } },
    'calendar',
    /no date fits/,
  ],
  ['31 in months of 30 days', { cron: '0 0 31 4,6,9,11 *' }, 'cron', /no date fits/],
  ['too many fields', { cron: '* * * * * * 2030' }, 'cron', /5 or 6/],
  ['a minute that does not exist', { cron: '61 * * * *' }, 'cron', /minute/],
  ['a step of zero', { cron: '*/0 * * * *' }, 'cron', /stepping: 0/],
  ['no text', { cron: 5 }, 'cron', /got 5/],
  ['unknown zone', { cron: '@daily', zone: 'Mars/Base' }, 'zone', /Mars\/Base/],
  ['a zone for an interval', { every: '1h', zone: 'UTC' }, 'zone', /no use/],
  ['interval of zero', { every: 0 }, 'every', /at least 10 ms/],
  ['months are no interval', { every: '1 month' }, 'every', /no fixed length/],
  ['limit of zero', { every: '1h', missed: { all: 0 } }, 'missed.all', /from 1 to 1000/],
  ['limit too large', { every: '1h', missed: { all: 5_000 } }, 'missed.all', /from 1 to 1000/],
  ['unknown missed policy', { every: '1h', missed: 'onze' }, 'missed', /Did you mean 'once'/],
  ['unknown overlap policy', { every: '1h', overlap: 'queue' }, 'overlap', /'queue-one'/],
  ['two kinds', { every: '1h', cron: '@daily' }, 'every', /cron and every/],
  ['no kind', {}, 'cron', /none of them/],
  ['unknown option', { every: '1h', jiter: 5 }, 'jiter', /Did you mean 'jitter'/],
  ['end before start', { every: '1h', start: 2_000, end: 1_000 }, 'end', /before/],
  [
    'end before the first time',
    { cron: '0 0 1 1 *', start: 1_000, end: 2_000 },
    'end',
    /before its first time/,
  ],
  ['a time without a zone', { at: '2030-01-01 09:00' }, 'at', /with a zone/],
  ['a time of day that is none', { calendar: { at: '25:00' } }, 'calendar.at', /25:00/],
  ['no time of day', { calendar: { at: [] } }, 'calendar.at', /no time of day/],
  ['a slip in a weekday', { calendar: { at: '09:00', weekdays: 'firday' } }, 'calendar.weekdays', /'friday'/],
  [
    'a fifth monday',
    { calendar: { at: '09:00', weekdays: 'fifth monday' } },
    'calendar.weekdays',
    /first monday/,
  ],
  ['day 0', { calendar: { at: '09:00', days: 0 } }, 'calendar.days', /1 to 31/],
  ['negative jitter', { every: '1h', jitter: -5 }, 'jitter', /negative/],
  ['no task', { every: '1h', task: undefined }, 'task', /must be a task/],
  ['a task that is not there', { every: '1h', task: 'swep' }, 'task', /Did you mean 'sweep'/],
  ['a queue without a name', { every: '1h', queue: '' }, 'queue', /1 to 128/],
])('%s', async (_what, times, field, message) => {
  const given = { task: sweep, ...times }
  const whole = field === 'queue' || field === 'jiter' ? field : `schedules.nightly.${field}`
  expect(() => millrace({ tasks: [sweep], schedules: { nightly: given as { task: typeof sweep } } })).toThrow(
    expect.objectContaining({
      code: 'invalid-option',
      field: whole,
      message: expect.stringMatching(message),
    }),
  )
  await expect(makeRoom().control.put('nightly', given as { task: typeof sweep })).rejects.toMatchObject({
    field,
  })
})

test('an input that does not fit its task', async () => {
  const schedules = { typed: { task: typed, every: '1h', input: { n: 'one' } } }
  // @ts-expect-error n is a number
  expect(() => millrace({ tasks: [typed], schedules })).toThrow(/input of task 'typed' is invalid: n/)
})

test('types: the input belongs to the task', () => {
  // @ts-expect-error the input is missing
  expect(() => millrace({ tasks: [typed], schedules: { a: { task: typed, every: '1h' } } })).toThrow(
    /invalid/,
  )
  millrace({
    tasks: [typed, sweep],
    schedules: { a: { task: typed, every: '1h', input: { n: 1 } }, b: { task: sweep, cron: '@daily' } },
  })
  const { control } = makeRoom({ tasks: [typed] })
  const wrong = { task: typed, every: 9_000, input: { m: 1 } }
  // @ts-expect-error there is no such input
  expect(() => control.put('a', wrong)).toBeTypeOf('function')
})

test('an asynchronous schema is asked too', async () => {
  const slow = z.object({ n: z.number() }).refine(async ({ n }) => n > 1, 'too small')
  const later = task('later', { input: slow, run: () => undefined })
  const room = makeRoom({
    tasks: [later],
    declared: { later: { task: later, every: '1h', input: { n: 1 } } },
  })
  await expect(room.control.reconcile()).rejects.toMatchObject({ code: 'invalid-payload' })
  await expect(room.control.put('x', { task: later, every: '1h', input: { n: 1 } })).rejects.toThrow(
    'too small',
  )
  await expect(room.control.put('x', { task: later, every: '1h', input: { n: 2 } })).resolves.toBe('added')
})

test('a time in the past is refused where it is put, for it would never come', async () => {
  const { control } = makeRoom()
  await expect(control.put('old', { task: sweep, at: '2025-12-31T23:59:59Z' })).rejects.toThrow(
    'would never fire',
  )
  await expect(control.put('new', { task: sweep, at: '2026-01-01T00:00:01Z' })).resolves.toBe('added')
})

test('a schedule named twice', () => {
  const yaml = file('schedules.yaml', 'nightly: { task: sweep, every: 1 day }\n')
  expect(() => makeRoom({ declared: { nightly: { task: sweep, every: '1h' } }, files: [yaml] })).toThrow(
    "Schedule 'nightly' is declared twice",
  )
  expect(() => makeRoom({ files: [yaml, yaml] })).toThrow('declared twice')
})

test.each([
  ['not YAML', 'nightly: { task: sweep, every: 1 day', /line 1/],
  ['a name twice', 'a: { task: sweep, every: 1h }\na: { task: sweep, every: 2h }', /unique.*line 2/s],
  ['a JSON name twice', '{ "a": { "task": "sweep", "every": 10000 }, "a": {} }', /unique.*line 1/s],
  ['a list', '- task: sweep\n', /by name/],
  ['a tag', 'a: !!js/function "x"', /tag/i],
])('a file that is %s', (_what, text, message) => {
  const path = file('schedules.yaml', text)
  expect(() => makeRoom({ files: [path] })).toThrow(
    expect.objectContaining({ code: 'invalid-config', message: expect.stringMatching(message) }),
  )
})

test('a file: what it says, and what is wrong in it', async () => {
  const text = `
# Times are in the zone's own.
nightly-report:
  task: typed
  input: { n: 3 }
  cron: '30 2 * * *'
  zone: Europe/Berlin
  missed: { all: 5 }
weekly:
  task: sweep
  calendar: { at: '09:00', weekdays: [monday, last friday] }
`
  const room = makeRoom({ tasks: [sweep, typed], files: [file('schedules.yaml', text)] })
  await room.control.reconcile()
  expect(await room.control.get('nightly-report')).toMatchObject({
    source: 'file',
    when: '30 2 * * * (Europe/Berlin)',
    input: { n: 3 },
    missed: 'all',
    missedLimit: 5,
  })
  expect(await room.control.get('weekly')).toMatchObject({ when: '09:00 on monday, last friday (UTC)' })
  const wrong = file('wrong.json', '{ "a": { "task": "sweep", "cron": "0 0 31 2 *" } }')
  expect(() => makeRoom({ files: [wrong] })).toThrow(expect.objectContaining({ field: `${wrong}.a.cron` }))
  expect(() => makeRoom({ files: ['/no/such/file.yaml'] })).toThrow(/cannot be read: ENOENT/)
  expect(makeRoom({ files: [file('empty.yaml', '')] }).context.declared?.definitions).toEqual([])
})
