/**
 * What others ask of this worker through the store: cancel a job, claim no more, stop.
 * @module
 */
import type { Command, ControlFacet, RecordsFacet } from '../../contract/index.ts'
import { JobResultError } from '../../contract/index.ts'
import type { Abandoned } from './abandoned.ts'
import type { Attempt } from './attempt/attempt.ts'
import { cancelled, type ReportFault } from './attempt/outcome.ts'
import type { Dispatcher } from './dispatcher.ts'

/** A cancelled handler may take this long to end, in ms. */
const CANCEL_GRACE_MS = 5_000

/** A job that is claimed again and again before it can be cancelled is followed so many times. */
const MOST_PURSUITS = 5

/** What commands act on. */
export interface CommandsOptions {
  readonly workerId: string
  readonly control: ControlFacet
  readonly records: RecordsFacet | undefined
  readonly dispatcher: Dispatcher
  readonly abandoned: Abandoned
  /** Resolves when the store knows every outcome so far. */
  readonly stored: () => Promise<void>
  readonly report: ReportFault
  readonly quiet: () => void
  readonly stop: () => void
}

/** Fetches commands and carries them out. */
export class Commands {
  readonly #options: CommandsOptions
  readonly #graces = new Set<NodeJS.Timeout>()
  /** How often each job was followed. */
  readonly #pursuits = new Map<string, number>()

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
    if (dispatcher.cancelUnstarted(jobId)) return
    const attempt = dispatcher.find(jobId)
    if (attempt === undefined) {
      this.#pursue(jobId).catch((error: unknown) => this.#options.report(`cancel of job ${jobId}`, error))
      return
    }
    this.#pursuits.delete(jobId)
    if (attempt.ending === 'cancel') return
    // Its handler has been told to end already; given back, the job would run again.
    if (attempt.ending === 'shutdown') {
      this.#options.abandoned.end(attempt, cancelled(attempt, undefined))
      return
    }
    attempt.abort('cancel', cancellation(attempt))
    const timer = setTimeout(() => {
      this.#graces.delete(timer)
      this.#options.abandoned.end(attempt, cancelled(attempt, undefined))
    }, CANCEL_GRACE_MS)
    timer.unref()
    this.#graces.add(timer)
  }

  /** The attempt ended in the meantime: the job may wait for the next one, or run elsewhere. */
  async #pursue(jobId: string): Promise<void> {
    const { stored, records, control } = this.#options
    await stored()
    const receipts = await records?.cancel([jobId], 'requested')
    const receipt = receipts?.[0]
    const times = this.#pursuits.get(jobId) ?? 0
    if (receipt?.outcome === 'refused' && receipt.state === 'active' && times < MOST_PURSUITS) {
      this.#pursuits.set(jobId, times + 1)
      await control.requestCancel([jobId])
    } else this.#pursuits.delete(jobId)
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
