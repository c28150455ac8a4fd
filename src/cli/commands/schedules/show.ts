/**
 * `millrace schedules show`: all that is known of one schedule.
 * @module
 */
import type { Command } from 'commander'
import type { ScheduleView } from '../../../contract/index.ts'
import { action, type Run, type StoreOptions, withStore } from '../../command.ts'
import { withStoreApp } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { refusedError } from '../../failure.ts'
import { relative, span, time } from '../../figures.ts'
import { brief, oneLine } from '../../printable.ts'
import { renderPairs } from '../../table.ts'
import { scheduleDocument, scheduleState } from './document.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withStore(command.argument('<name>', 'the schedule’s name'))
  action<StoreOptions>(command, run, {
    examples: ['millrace schedules show cleanup-old-data', 'millrace schedules show cleanup-old-data --json'],
    act: ({ args, options, output, shell }) =>
      withStoreApp(options, shell, async ({ app }) => {
        const name = String(args[0])
        const schedule = await app.schedules.get(name)
        if (schedule === null) {
          const hint = '`millrace schedules list` shows what is there.'
          throw refusedError('not-found', `There is no schedule ${name} in this store.`, hint)
        }
        output.document(scheduleDocument(schedule))
        for (const line of renderPairs(facts(schedule), output.style)) output.text(line)
        return EXIT.ok
      }),
  })
}

function facts(schedule: ScheduleView): [string, string][] {
  const { name, source, group, when, job, nextAt, lastAt, heldAt, jitterMs, overlap, missed } = schedule
  const now = Date.now()
  const moment = (at: number): string => `${time(at)} (${relative(at, now)})`
  const pairs: [string, string][] = [
    ['schedule', oneLine(name)],
    ['from', group === null ? source : `${source}, group ${oneLine(group)}`],
    ['when', oneLine(when)],
    ['state', scheduleState(schedule)],
    ['next', nextAt === null ? '-' : moment(nextAt)],
    ['last', lastAt === null ? '-' : moment(lastAt)],
    ['overlap', overlap],
    ['missed', missed === 'all' ? `all, up to ${schedule.missedLimit}` : missed],
    ['task', oneLine(job.task)],
    ['queue', oneLine(job.queue)],
    ['priority', String(job.priority)],
    ['changed', moment(schedule.changedAt)],
  ]
  if (heldAt !== null) pairs.push(['held', `the firing of ${moment(heldAt)} waits for an earlier job`])
  if (jitterMs > 0) pairs.push(['jitter', `up to ${span(jitterMs)}`])
  if (schedule.input !== undefined) pairs.push(['input', brief(schedule.input, 500)])
  return pairs
}
