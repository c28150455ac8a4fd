/**
 * The flags of a worker, and the worker options they stand for.
 * @module
 */
import type { Command } from 'commander'
import type { QueueSelection, WorkerOptions } from '../../contract/index.ts'
import { given } from '../given.ts'
import { duration, integer, queueSelection } from '../values.ts'

/** The flags, as parsed. */
export interface WorkerFlags {
  readonly slots?: number
  readonly queues?: QueueSelection
  readonly lease?: number
  readonly grace?: number
  readonly prefetch?: number
  readonly poll?: number
}

/** Adds the flags. What is not given keeps the config's value. `grace` is what the help page says of the default. */
export function withWorkerFlags(command: Command, grace = '25s'): Command {
  return command
    .option('--slots <count>', 'attempts at a time (default: the config’s, else 10)', integer(1, 10_000))
    .option(
      '--queues <names>',
      'queues in strict order (mail,default) or by weight (mail=3,default=1); default: those of the tasks',
      queueSelection,
    )
    .option(
      '--lease <duration>',
      'a dead worker’s jobs are given back within this time (default: 15s)',
      duration(1_000),
    )
    .option(
      '--grace <duration>',
      `how long running attempts may go on after a stop (default: ${grace})`,
      duration(),
    )
    .option(
      '--prefetch <count>',
      'most jobs claimed ahead of free slots (default: 1000)',
      integer(0, 100_000),
    )
    .option('--poll <duration>', 'longest wait between looks at the store (default: 5s)', duration(1))
}

/** The flags as options of `app.worker`. */
export function workerOptions(flags: WorkerFlags): WorkerOptions {
  const { slots, queues, lease, grace, prefetch, poll } = flags
  return given({ slots, queues, lease, grace, prefetch, poll })
}
