/**
 * One of the places of a supervisor: keeps a process in it, starts it again when it crashes, and replaces it
 * without a gap.
 * @module
 */
import { backoffMs } from '../../kit/backoff-loop.ts'
import type { ChildExit, SupervisedChild } from './child.ts'
import type { SupervisorEvent } from './report.ts'

/** How a seat behaves. Times are in ms. */
export interface SeatRules {
  /** False: a process that failed is not started again. */
  readonly restart: boolean
  /** The pause after the first crash; it doubles with each one after that. */
  readonly restartMs: number
  /** No pause is longer. */
  readonly maxRestartMs: number
  /** A process that lived so long is no part of a row of crashes. */
  readonly steadyMs: number
  /** A process gets so long to become ready. */
  readonly readyMs: number
  /** A process gets so long to stop. */
  readonly stopMs: number
  /** A process above this is replaced; null: no limit. */
  readonly maxMemoryMiB: number | null
}

/** What a seat is made with. */
export interface SeatOptions {
  /** From 1. */
  readonly number: number
  readonly rules: SeatRules
  readonly start: () => SupervisedChild
  readonly report: (event: SupervisorEvent) => void
}

/** Exit code for a wrong command line, which is as wrong the next time. */
const USAGE = 2

/** A process that never got ready is started this often. */
const MOST_FALSE_STARTS = 5

/** A place with a process in it. */
export class Seat {
  readonly #options: SeatOptions
  /** The exit code, once the place is empty for good. */
  readonly done: Promise<number>
  #finish: (code: number) => void = () => {}
  #finished = false
  #current: SupervisedChild | null = null
  #next: SupervisedChild | null = null
  /** Processes that were asked to stop. The seat is not empty before they have. */
  readonly #leaving = new Set<SupervisedChild>()
  #replacing: Promise<boolean> | null = null
  #restartTimer: NodeJS.Timeout | undefined
  #crashes = 0
  #everReady = false
  #stopping = false

  constructor(options: SeatOptions) {
    this.#options = options
    this.done = new Promise((resolve) => {
      this.#finish = resolve
    })
  }

  /** True while it has a process or is about to. */
  get taken(): boolean {
    return !this.#finished
  }

  /** Puts a process in. */
  start(): void {
    this.#current = this.#open()
  }

  /**
   * Starts another process, waits until it claims jobs, and only then stops the old one. Answers false where
   * the new one did not get ready; the old one goes on then.
   */
  replace(why: string): Promise<boolean> {
    if (this.#finished || this.#stopping) return Promise.resolve(true)
    this.#replacing ??= this.#replace(why).finally(() => {
      this.#replacing = null
    })
    return this.#replacing
  }

  /** Asks its processes to stop; kills them where they take too long. */
  stop(signal: NodeJS.Signals): void {
    this.#stopping = true
    clearTimeout(this.#restartTimer)
    const running = [this.#current, this.#next].filter((child) => child !== null)
    if (running.length === 0) this.#end(0)
    for (const child of running) void this.#stopChild(child, signal)
  }

  /** Kills what is left, now. */
  kill(): void {
    for (const child of [this.#current, this.#next, ...this.#leaving]) child?.kill('SIGKILL')
  }

  #open(): SupervisedChild {
    const { number, start, report, rules } = this.#options
    const bornAt = performance.now()
    const child = start()
    report({ event: 'supervisor:started', process: number, pid: child.pid })
    child.onMemory = (mib) => {
      if (child === this.#current && rules.maxMemoryMiB !== null && mib > rules.maxMemoryMiB) {
        void this.replace(`it holds ${Math.round(mib)} MiB, more than ${rules.maxMemoryMiB}`)
      }
    }
    void child.ready.then((ready) => {
      if (!ready) return
      this.#everReady = true
      report({ event: 'supervisor:ready', process: number, pid: child.pid })
    })
    void child.exited.then((exit) => this.#exited(child, exit, performance.now() - bornAt))
    return child
  }

  #exited(child: SupervisedChild, exit: ChildExit, livedMs: number): void {
    if (child === this.#next) this.#next = null
    if (child !== this.#current) return
    this.#current = this.#next
    this.#next = null
    if (this.#current !== null) return
    if (this.#stopping) {
      // Ended by the very signal it was sent: it had not even begun.
      const early = exit.signal === 'SIGTERM' || exit.signal === 'SIGINT'
      return this.#end(early ? 0 : exit.code)
    }
    if (exit.code !== 0 && this.#options.rules.restart) return this.#crashed(exit, livedMs)
    this.#options.report({ event: 'supervisor:ended', process: this.#options.number, how: exit.how })
    this.#end(exit.code)
  }

  #crashed(exit: ChildExit, livedMs: number): void {
    const { number, rules, report } = this.#options
    this.#crashes = livedMs >= rules.steadyMs ? 1 : this.#crashes + 1
    const hopeless = exit.code === USAGE || (!this.#everReady && this.#crashes >= MOST_FALSE_STARTS)
    if (hopeless) {
      report({ event: 'supervisor:gave-up', process: number, how: exit.how })
      return this.#end(exit.code)
    }
    const againInMs = backoffMs(this.#crashes, { baseMs: rules.restartMs, maxMs: rules.maxRestartMs })
    report({ event: 'supervisor:crashed', process: number, how: exit.how, againInMs })
    this.#restartTimer = setTimeout(() => this.start(), againInMs)
  }

  async #replace(why: string): Promise<boolean> {
    const { number, report, rules } = this.#options
    report({ event: 'supervisor:replacing', process: number, why })
    const old = this.#current
    if (old === null) {
      clearTimeout(this.#restartTimer)
      this.start()
      return this.#current === null ? false : within(this.#current.ready, rules.readyMs)
    }
    const next = this.#open()
    this.#next = next
    const ready = await within(next.ready, rules.readyMs)
    if (this.#stopping || this.#current === next) return ready
    if (!ready) {
      report({ event: 'supervisor:not-replaced', process: number, how: 'did not get ready' })
      next.kill('SIGKILL')
      return false
    }
    this.#current = next
    this.#next = null
    await this.#stopChild(old, 'SIGTERM')
    return true
  }

  async #stopChild(child: SupervisedChild, signal: NodeJS.Signals): Promise<void> {
    const { number, report, rules } = this.#options
    this.#leaving.add(child)
    child.kill(signal)
    const timer = setTimeout(() => {
      report({ event: 'supervisor:killed', process: number, afterMs: rules.stopMs })
      child.kill('SIGKILL')
    }, rules.stopMs)
    await child.exited
    clearTimeout(timer)
    this.#leaving.delete(child)
  }

  #end(code: number): void {
    this.#finished = true
    void Promise.all([...this.#leaving].map((child) => child.exited)).then(() => this.#finish(code))
  }
}

/** The promise's answer; false where it takes longer than `ms`. */
async function within(promise: Promise<boolean>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
