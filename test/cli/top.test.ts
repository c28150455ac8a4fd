/**
 * `millrace top`: rates, the view, one look through a pipe, and the terminal given back.
 * @module
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { type Overview, waitingOf } from '../../src/cli/overview.ts'
import { type Frame, ratesBetween } from '../../src/cli/top/frame.ts'
import { fitToScreen, viewLines } from '../../src/cli/top/view.ts'
import { makeFolder, makeStore, newJob } from './folder.ts'
import { here, jsonLines, MAIN } from './run.ts'

const none = {
  scheduled: 0,
  pending: 0,
  blocked: 0,
  active: 0,
  retrying: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
}

function overview(at: number, counts: Partial<typeof none>): Overview {
  const all = { ...none, ...counts }
  return {
    at,
    info: {
      name: 'x',
      location: 'here',
      storeVersion: null,
      schema: null,
      now: at,
      sizeBytes: 2048,
      facts: {},
    },
    queues: [{ queue: 'mail', paused: true, counts: all, servedBy: [] }],
    totals: all,
    workers: [],
  }
}

describe('rates', () => {
  it('are differences of counts by the store’s clock', () => {
    const rates = ratesBetween(
      overview(1_000, { pending: 10, succeeded: 5 }),
      overview(3_000, { pending: 4, succeeded: 15, failed: 2 }),
    )
    expect(rates).toEqual({ rates: { enqueued: 3, finished: 6, failed: 1 }, queueRates: { mail: 6 } })
  })

  it('are unknown at first, and never negative', () => {
    expect(ratesBetween(null, overview(1, {})).rates).toEqual({
      enqueued: null,
      finished: null,
      failed: null,
    })
    expect(ratesBetween(overview(0, { succeeded: 100 }), overview(1_000, {})).rates.finished).toBe(0)
  })
})

describe('view', () => {
  it('shows queues, workers and failures, and fits the screen', () => {
    const now = overview(9_000, { pending: 4, failed: 1 })
    const failure = {
      task: 'mail\u001b[2J',
      finishedAt: 8_000,
      error: { name: 'Error', message: 'no\nroute' },
    }
    const frame = { ...now, ...ratesBetween(null, now), failures: [failure] } as unknown as Frame
    const lines = viewLines(frame, (_style, text) => text)
    expect(lines.join('\n')).toMatch(/4 waiting .* - in\/s/)
    expect(lines.join('\n')).toMatch(/mail +4 +0 +0 +0 +0 +1 +- +paused/)
    expect(lines.at(-1)).toContain('1 s ago  mail\\u001b[2J  Error: no route')
    expect(fitToScreen(lines, 'foot', 5)).toHaveLength(5)
    expect(fitToScreen(lines, 'foot', 50)).toHaveLength(50)
    expect(fitToScreen(lines, 'foot', 5).slice(-2)).toEqual(['…', 'foot'])
    expect(waitingOf(now.totals)).toBe(4)
  })
})

describe('without a terminal', () => {
  it('prints one look, or a line of JSON a look', async () => {
    const url = await makeStore(makeFolder(), [newJob('a')])
    const text = await here(['top', '--backend', url])
    expect(text.code).toBe(0)
    expect(text.stdout).toMatch(/^millrace .*\n1 waiting/)
    expect(text.stdout).not.toContain('\u001b[')
    const { stdout } = await here(['top', '--backend', url, '--json', '--count', '2', '--every', '1'])
    const frames = jsonLines(stdout)
    expect(frames).toHaveLength(2)
    expect(frames[0]).toMatchObject({ rates: { finished: null }, totals: { pending: 1 }, failures: [] })
    expect(frames[1]).toMatchObject({ rates: { finished: 0, enqueued: 0 } })
  })
})

/** Part of most systems: gives a command a terminal. */
const SCRIPT = 'script'
const hasScript = spawnSync(SCRIPT, ['--version']).status === 0

/** Runs a command on a terminal of its own and types a key once it shows this. */
async function onTerminal(
  line: string,
  shown: string,
  key: string,
): Promise<{ code: unknown; screen: string }> {
  const terminal = spawn(SCRIPT, ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
  let screen = ''
  let typed = false
  terminal.stdout.on('data', (data: Buffer) => {
    screen += data
    if (typed || !screen.includes(shown)) return
    typed = true
    terminal.stdin.write(key)
  })
  const [code] = await once(terminal, 'close')
  return { code, screen }
}

describe.skipIf(!hasScript)('on a terminal', () => {
  it.each([
    ['q', 0],
    ['\u0003', 130],
  ])('key %j ends it with %i and gives the terminal back', async (key, code) => {
    const url = await makeStore(makeFolder(), [newJob('a')])
    const end = await onTerminal(`${process.execPath} ${MAIN} top --backend ${url}`, '1 waiting', key)
    expect(end.code).toBe(code)
    expect(end.screen).toContain('\u001b[?1049h')
    expect(end.screen.lastIndexOf('\u001b[?1049l')).toBeGreaterThan(end.screen.lastIndexOf('1 waiting'))
    expect(end.screen).toContain('\u001b[?25h')
  })
})
