/**
 * Every command with its sentence, and where its code is. Only the code of the command that runs is loaded.
 * @module
 */
import type { CommandModule } from './command.ts'

/** One command. */
export interface CatalogueEntry {
  /** Its words, such as `jobs list`. */
  readonly path: readonly [string] | readonly [string, string]
  readonly summary: string
  readonly section: 'Start' | 'Run' | 'Look' | 'Change' | 'Care'
  readonly load: () => Promise<CommandModule>
}

/** Commands that only hold others. */
export const GROUPS: Readonly<Record<string, { summary: string; section: CatalogueEntry['section'] }>> = {
  jobs: { summary: 'list, show, retry, cancel and delete jobs', section: 'Change' },
  schedules: { summary: 'list, put, pause, run and remove schedules', section: 'Change' },
  queues: { summary: 'list, pause, resume and drain queues', section: 'Change' },
}

/** In the order of the help page. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    path: ['init'],
    summary: 'write a config file and an example task',
    section: 'Start',
    load: () => import('./commands/init.ts'),
  },
  {
    path: ['dev'],
    summary: 'run a worker that restarts when code changes',
    section: 'Start',
    load: () => import('./commands/dev.ts'),
  },
  { path: ['work'], summary: 'run workers', section: 'Run', load: () => import('./commands/work.ts') },
  {
    path: ['enqueue'],
    summary: 'enqueue a job',
    section: 'Run',
    load: () => import('./commands/enqueue.ts'),
  },
  {
    path: ['stats'],
    summary: 'show queues, states and workers',
    section: 'Look',
    load: () => import('./commands/stats.ts'),
  },
  {
    path: ['top'],
    summary: 'watch queues and workers live',
    section: 'Look',
    load: () => import('./commands/top.ts'),
  },
  {
    path: ['dashboard'],
    summary: 'serve the dashboard',
    section: 'Look',
    load: () => import('./commands/dashboard.ts'),
  },
  {
    path: ['doctor'],
    summary: 'check config, store, clock and workers, and say what to do',
    section: 'Look',
    load: () => import('./commands/doctor.ts'),
  },
  {
    path: ['jobs', 'list'],
    summary: 'list jobs',
    section: 'Change',
    load: () => import('./commands/jobs/list.ts'),
  },
  {
    path: ['jobs', 'show'],
    summary: 'show all of one job',
    section: 'Change',
    load: () => import('./commands/jobs/show.ts'),
  },
  {
    path: ['jobs', 'retry'],
    summary: 'run jobs again',
    section: 'Change',
    load: () => import('./commands/jobs/retry.ts'),
  },
  {
    path: ['jobs', 'cancel'],
    summary: 'cancel waiting jobs and abort running ones',
    section: 'Change',
    load: () => import('./commands/jobs/cancel.ts'),
  },
  {
    path: ['jobs', 'delete'],
    summary: 'delete jobs',
    section: 'Change',
    load: () => import('./commands/jobs/delete.ts'),
  },
  {
    path: ['queues', 'list'],
    summary: 'list queues',
    section: 'Change',
    load: () => import('./commands/queues/list.ts'),
  },
  {
    path: ['queues', 'pause'],
    summary: 'stop all workers from claiming from queues',
    section: 'Change',
    load: () => import('./commands/queues/pause.ts'),
  },
  {
    path: ['queues', 'resume'],
    summary: 'undo a pause',
    section: 'Change',
    load: () => import('./commands/queues/resume.ts'),
  },
  {
    path: ['queues', 'drain'],
    summary: 'cancel every waiting job of a queue',
    section: 'Change',
    load: () => import('./commands/queues/drain.ts'),
  },
  {
    path: ['schedules', 'list'],
    summary: 'list schedules',
    section: 'Change',
    load: () => import('./commands/schedules/list.ts'),
  },
  {
    path: ['schedules', 'show'],
    summary: 'show all of one schedule',
    section: 'Change',
    load: () => import('./commands/schedules/show.ts'),
  },
  {
    path: ['schedules', 'next'],
    summary: 'show the next firings of a schedule',
    section: 'Change',
    load: () => import('./commands/schedules/next.ts'),
  },
  {
    path: ['schedules', 'history'],
    summary: 'show what a schedule has fired',
    section: 'Change',
    load: () => import('./commands/schedules/history.ts'),
  },
  {
    path: ['schedules', 'put'],
    summary: 'add or change a schedule',
    section: 'Change',
    load: () => import('./commands/schedules/put.ts'),
  },
  {
    path: ['schedules', 'run'],
    summary: 'fire schedules now',
    section: 'Change',
    load: () => import('./commands/schedules/run.ts'),
  },
  {
    path: ['schedules', 'pause'],
    summary: 'keep schedules from firing',
    section: 'Change',
    load: () => import('./commands/schedules/pause.ts'),
  },
  {
    path: ['schedules', 'resume'],
    summary: 'undo a pause',
    section: 'Change',
    load: () => import('./commands/schedules/resume.ts'),
  },
  {
    path: ['schedules', 'remove'],
    summary: 'remove schedules',
    section: 'Change',
    load: () => import('./commands/schedules/remove.ts'),
  },
  {
    path: ['schedules', 'drift'],
    summary: 'show where config and store differ, and mend it',
    section: 'Change',
    load: () => import('./commands/schedules/drift.ts'),
  },
  {
    path: ['migrate'],
    summary: 'bring the store’s schema up to date',
    section: 'Care',
    load: () => import('./commands/migrate.ts'),
  },
  {
    path: ['move'],
    summary: 'move all jobs to another store',
    section: 'Care',
    load: () => import('./commands/move.ts'),
  },
  {
    path: ['bench'],
    summary: 'measure your own store',
    section: 'Care',
    load: () => import('./commands/bench.ts'),
  },
]

/** The command that these arguments name, if any. */
export function findCommand(args: readonly string[]): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.path.every((word, index) => args[index] === word))
}
