/**
 * Help pages, and what wrong command lines get: exit code 2, the option named, nothing done.
 * @module
 */
import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/cli/catalogue.ts'
import { here } from './run.ts'

describe('help', () => {
  it('lists every command', async () => {
    const { code, stdout } = await here(['--help'])
    expect(code).toBe(0)
    for (const { path } of CATALOGUE) expect(stdout).toContain(`  ${path[0]}`)
  })

  it.each(CATALOGUE.map(({ path }) => path.join(' ')))(
    '%s --help has examples and the common flags',
    async (path) => {
      const { code, stdout, stderr } = await here([...path.split(' '), '--help'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain(`Usage: millrace ${path}`)
      expect(stdout).toContain('--json')
      expect(stdout).toMatch(new RegExp(`Examples:\\n  \\$ .*millrace ${path}`))
    },
  )

  it('help <command> is <command> --help', async () => {
    expect(await here(['help', 'jobs', 'show'])).toEqual(await here(['jobs', 'show', '--help']))
  })

  it('prints the version', async () => {
    expect((await here(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('is a usage error where no command is named', async () => {
    for (const args of [[], ['jobs'], ['queues']]) {
      const { code, stdout, stderr } = await here(args)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('Usage: millrace')
    }
  })
})

/** Each wrong command line, and what has to be said about it. */
const WRONG: readonly (readonly [string, RegExp])[] = [
  ['wrok', /Unknown command 'wrok' \(Did you mean work\?\)/],
  ['jobs lisst', /Did you mean list\?/],
  ['init --forse', /Unknown option '--forse' \(Did you mean --force\?\)/],
  ['init extra', /Too many arguments/],
  ['work --slots abc', /--slots <count>.*'abc'.*whole number from 1 to 10000/],
  ['work --slots 0', /--slots/],
  ['work --slots 1.5', /--slots/],
  ['work --slots', /--slots <count>' argument missing/],
  ['work --queues ,', /--queues.*separated by commas/],
  ['work --queues mail=0', /--queues.*weight/],
  ['work --queues mail=2,other', /--queues.*weight/],
  ['work --lease 10ms', /--lease.*at least 1000 ms/],
  ['work --lease soon', /--lease.*duration such as/],
  ['work --grace -5s', /--grace/],
  ['work --prefetch -1', /--prefetch/],
  ['work --poll 0', /--poll/],
  ['work --processes 0', /--processes/],
  ['work --max-memory 1', /--max-memory/],
  ['work --backend sqlite:x.db', /Unknown option '--backend'/],
  ['dev --slots x', /--slots/],
  ['dev --ignore ,', /--ignore/],
  ['enqueue', /Missing required argument 'task'/],
  ['enqueue greet {', /not JSON/],
  ['enqueue greet {} --delay never', /--delay/],
  ['enqueue greet {} --at tomorrow', /--at/],
  ['enqueue greet {} --at 2026-12-24 --delay 5s', /--delay and --at/],
  ['enqueue greet {} --priority 101', /--priority.*-100 to 100/],
  ['enqueue greet {} --timeout 5s', /--timeout needs --wait/],
  ['enqueue greet {} surplus', /Too many arguments/],
  ['stats --watch 0', /--watch/],
  ['stats --watch 1e3', /--watch/],
  ['top --every none', /--every/],
  ['top --count 0', /--count/],
  ['jobs list --state faild', /Did you mean failed\?/],
  ['jobs list --state failed,', /--state/],
  ['jobs list --reason broken', /--reason/],
  ['jobs list --limit 1001', /--limit.*1 to 1000/],
  ['jobs list --order oldst', /Did you mean oldest\?/],
  ['jobs list --since yesterday', /--since.*2h/],
  ['jobs list --until 2026-99-99', /--until/],
  ['jobs show', /Missing required argument 'id'/],
  ['jobs show a --logs -1', /--logs/],
  ['jobs retry', /None was named/],
  ['jobs retry --state failed', /--all-matching/],
  ['jobs cancel a --all-matching', /not both/],
  ['jobs delete a --queue q', /not both/],
  ['queues pause', /Missing required argument 'names'/],
  ['queues resume', /Missing required argument 'names'/],
  ['queues drain', /Missing required argument 'name'/],
  ['queues drain a b', /Too many arguments/],
  ['queues list all', /Too many arguments/],
  ['doctor --fix', /Unknown option '--fix'/],
  ['dashboard --port abc', /--port <number>.*'abc'.*whole number from 0 to 65535/],
  ['schedules list --al', /Unknown option '--al'/],
  ['schedules show', /Missing required argument/],
  ['schedules next', /Missing required argument/],
  ['schedules history', /Missing required argument/],
  ['schedules put', /--task <name>' not specified/],
  ['schedules run', /Missing required argument/],
  ['schedules pause', /Missing required argument/],
  ['schedules resume', /Missing required argument/],
  ['schedules remove', /Missing required argument/],
  ['schedules drift --nope', /Unknown option '--nope'/],
  ['migrate --dryrun', /Did you mean --dry-run\?/],
  ['move --from sqlite:a.db', /--to <url>' not specified/],
  ['move --from sqlite:a.db --to sqlite:b.db --timeout x', /--timeout/],
  ['bench --jobs 0', /--jobs/],
  ['bench --slots none', /--slots/],
  ['bench --payload 1', /--payload/],
]

describe('wrong command lines', () => {
  it.each(WRONG)('%s', async (line, message) => {
    const { code, stdout, stderr } = await here(line.split(' '))
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^error: /)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('says so as JSON with --json', async () => {
    const { code, stdout, stderr } = await here(['stats', '--watch', 'x', '--json'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({
      exitCode: 2,
      error: { code: 'usage', message: expect.stringMatching(/--watch/) },
    })
  })

  it('names every command in the table', () => {
    const covered = new Set(WRONG.map(([line]) => line))
    for (const { path } of CATALOGUE) {
      expect([...covered].some((line) => line.startsWith(path.join(' ')))).toBe(true)
    }
  })
})
