/**
 * `millrace schedules put`: adds or changes a schedule that is not declared in code.
 * @module
 */
import type { Command } from 'commander'
import type { ScheduleEntry } from '../../../contract/index.ts'
import { action, type ConfigOptions, type Run, withConfig } from '../../command.ts'
import { withProject } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { usageError } from '../../failure.ts'
import { given } from '../../given.ts'
import { readInput } from '../../input.ts'
import { oneLine } from '../../printable.ts'
import { integer } from '../../values.ts'

interface PutOptions extends ConfigOptions {
  readonly task: string
  readonly input?: string
  readonly cron?: string
  readonly calendar?: string
  readonly every?: string
  readonly at?: string
  readonly zone?: string
  readonly start?: string
  readonly end?: string
  readonly jitter?: string
  readonly overlap?: string
  readonly missed?: string
  readonly queue?: string
  readonly priority?: number
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withConfig(command.argument('<name>', 'the schedule’s name'))
    .requiredOption('--task <name>', 'a task of the config')
    .option('--input <json>', 'the jobs’ input as JSON; `-` reads it from standard input')
    .option('--cron <pattern>', "5 or 6 fields, or @daily and the like: '30 2 * * MON-FRI'")
    .option('--calendar <json>', `times on a calendar: '{"at":"09:00","weekdays":"last friday"}'`)
    .option('--every <duration>', 'a fixed interval (90s)')
    .option('--at <time>', 'once, at this time (2026-12-24T18:00:00Z)')
    .option('--zone <name>', 'time zone of --cron and --calendar (default: UTC)')
    .option('--start <time>', 'not before this time')
    .option('--end <time>', 'not after this time')
    .option('--jitter <duration>', 'each job is due up to this much later')
    .option('--overlap <policy>', 'allow, skip, queue-one or cancel-running (default: allow)')
    .option('--missed <policy>', 'skip, once, all, or a number: all, up to so many (default: once)')
    .option('--queue <name>', 'queue, instead of the task’s own')
    .option('--priority <number>', 'from -100 to 100, higher first', integer(-100, 100))
  action<PutOptions>(command, run, {
    examples: [
      "millrace schedules put nightly --task report --cron '30 2 * * *' --zone Europe/Berlin",
      `millrace schedules put cleanup --task cleanup --every 1h --input '{"olderThanDays":100}'`,
    ],
    act: async ({ args, options, output, shell }) => {
      const input = await readInput(options.input, shell)
      const entry = readEntry(options, input)
      return withProject(options, shell, async ({ app }) => {
        const name = String(args[0])
        const outcome = await app.schedules.put(name, entry)
        const next = (await app.schedules.next(name, 1))[0] ?? null
        output.document({ name, outcome, next: next?.toISOString() ?? null })
        output.text(`${outcome} ${oneLine(name)}${next === null ? '' : `, next at ${next.toISOString()}`}`)
        return EXIT.ok
      })
    },
  })
}

/** Its own fields are checked by the app. */
function readEntry(options: PutOptions, input: unknown): ScheduleEntry {
  const { task, cron, calendar, every, at, zone, start, end, jitter, overlap, missed, queue, priority } =
    options
  const limit = missed !== undefined && /^\d+$/.test(missed) ? { all: Number(missed) } : missed
  const words = { overlap, missed: limit } as Pick<ScheduleEntry, 'overlap' | 'missed'>
  const times = { cron, calendar: readCalendar(calendar), every, at, zone, start, end, jitter }
  return { task, ...given({ input, ...times, ...words, queue, priority }) } as ScheduleEntry
}

function readCalendar(json: string | undefined): unknown {
  if (json === undefined) return undefined
  try {
    return JSON.parse(json)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw usageError(
      `--calendar is not JSON: ${reason}.`,
      `Such as '{"at":"09:00","weekdays":"last friday"}'.`,
    )
  }
}
