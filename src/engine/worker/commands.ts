/**
 * What others ask of this worker through the store: cancel a job, claim no more, stop.
 * @module
 */
import type { Command, ControlFacet } from '../../contract/index.ts'
import { JobResultError } from '../../contract/index.ts'
import type { Abandoned } from './abandoned.ts'
import type { Attempt } from './attempt/attempt.ts'
import { cancelled } from './attempt/outcome.ts'
import type { Dispatcher } from './dispatcher.ts'

/** A cancelled handler may take this long to end, in ms. */
const CANCEL_GRACE_MS = 5_000

/** What commands act on. */
export interface CommandsOptions {
  readonly workerId: string
  readonly control: ControlFacet
  readonly dispatcher: Dispatcher
  readonly abandoned: Abandoned
  readonly quiet: () => void
  readonly stop: () => void
}

/** Fetches commands and carries them out. */
export class Commands {
  readonly #options: CommandsOptions
  readonly #graces = new Set<NodeJS.Timeout>()

  constructor(options: CommandsOptions) {
    this.#options = options
  }

  /** Carries out what waits for this worker. */
  async receive(): Promise<void> {
    const { control, workerId } = this.#options
    for (const command of await control.receive(workerId)) this.#carryOut(command)
  }

  /** Lets cancelled handlers be: the worker stops. */
  close(): void {
    for (const timer of this.#graces) clearTimeout(timer)
    this.#graces.clear()
  }

  #carryOut(command: Command): void {
    switch (command.kind) {
      case 'cancel':
        return this.#cancel(command.jobId)
      case 'quiet':
        return this.#options.quiet()
      case 'stop':
        return this.#options.stop()
    }
  }

  #cancel(jobId: string): void {
    const { dispatcher } = this.#options
    if (dispatcher.cancelWaiting(jobId)) return
    const attempt = dispatcher.find(jobId)
    // It has ended in the meantime: whoever asked finds its state in the store.
    if (attempt === undefined || attempt.ending !== 'none') return
    attempt.abort('cancel', cancellation(attempt))
    const timer = setTimeout(() => {
      this.#graces.delete(timer)
      this.#options.abandoned.end(attempt, cancelled(attempt, undefined))
    }, CANCEL_GRACE_MS)
    timer.unref()
    this.#graces.add(timer)
  }
}

/** The reason of the signal of a job that was cancelled while it ran. */
function cancellation({ claimed, plan }: Attempt): JobResultError {
  return new JobResultError('job-cancelled', `Job ${claimed.id} was cancelled while it ran.`, {
    jobId: claimed.id,
    task: plan.task.name,
    queue: claimed.queue,
  })
}
