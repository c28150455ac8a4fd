/**
 * Moves every job from one store to another while workers may go on running.
 *
 * Waiting jobs are first held, so that nobody can claim them, then handed over. Finished ones are handed over
 * as they are. Running ones are waited for: they finish, retry or are rescued, and then are one of the others.
 * @module
 */
import { setImmediate as pause, setTimeout as sleep } from 'node:timers/promises'
import { type JobRecord, type JobState, TERMINAL_STATES, WAITING_STATES } from '../../contract/index.ts'
import type { MoveEnd } from './ends.ts'
import { handOver, sortOut } from './hand-over.ts'

/** What became of the jobs. */
export interface JobAccount {
  /** Stored there and deleted here. */
  readonly moved: number
  /** Were there already, from an interrupted move; only deleted here. */
  readonly skipped: number
  /** Ids of jobs left here, as the other store has a different job with the same id. */
  readonly conflicts: readonly string[]
  /** Jobs left here in all. */
  readonly remaining: number
  /** Of these, running. */
  readonly active: number
}

/** How to move. */
export interface MoveOptions {
  /** Give up after so long in which nothing could be moved. */
  readonly timeoutMs: number
  /** Stops after the page at hand. */
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** Jobs held at a time: a crash leaves at most so many held. */
const PAGE = 200
/** Time between two looks at jobs that still run. */
const LOOK_MS = 250

/** Resolves when nothing is left to move, the time is up, or the signal aborts. */
export async function moveJobs(from: MoveEnd, to: MoveEnd, options: MoveOptions): Promise<JobAccount> {
  const tally: Tally = { moved: 0, skipped: 0, conflicts: new Set() }
  const report = await progressReport(from, options, tally)
  const sweep = (states: readonly JobState[], before: 'hold' | 'leave'): Promise<void> =>
    eachPage(from, states, options.signal, async (jobs) => {
      const ready = before === 'hold' ? await hold(jobs, from, to, tally) : jobs
      const result = await handOver(ready, from, to)
      tally.moved += result.moved
      tally.skipped += result.finished
      for (const id of result.conflicts) tally.conflicts.add(id)
      report()
    })
  let left = await countLeft(from)
  let latest = performance.now()
  for (;;) {
    const before = tally.moved + tally.skipped
    // Held ones first: they are what an interrupted move left behind, and nobody else can do anything with them.
    await sweep(['blocked'], 'leave')
    await sweep(WAITING_STATES, 'hold')
    await sweep(TERMINAL_STATES, 'leave')
    left = await countLeft(from)
    if (tally.moved + tally.skipped > before) latest = performance.now()
    if (options.signal.aborted || left.all <= tally.conflicts.size) break
    if (performance.now() - latest >= options.timeoutMs) break
    // No worker need be left that would do it.
    await from.rescue({ quarantineAfter: 3 })
    await sleep(LOOK_MS)
  }
  return {
    moved: tally.moved,
    skipped: tally.skipped,
    conflicts: [...tally.conflicts],
    remaining: left.all,
    active: left.active,
  }
}

interface Tally {
  moved: number
  skipped: number
  readonly conflicts: Set<string>
}

/** Holds what can be held and answers it as it is now that nobody can change it any more. */
async function hold(
  jobs: readonly JobRecord[],
  from: MoveEnd,
  to: MoveEnd,
  tally: Tally,
): Promise<JobRecord[]> {
  // A job that cannot be moved must not be held either: workers may go on with it here.
  const { fresh, known, conflicts } = await sortOut(jobs, to)
  for (const job of conflicts) tally.conflicts.add(job.id)
  const ids = [...fresh, ...known].map((job) => job.id)
  if (ids.length === 0) return []
  const receipts = await from.records.hold(ids)
  const held = receipts.filter((receipt) => receipt.outcome === 'done').map((receipt) => receipt.id)
  const rows = held.length === 0 ? [] : await from.records.get(held)
  return rows.filter((row) => row !== null)
}

async function eachPage(
  from: MoveEnd,
  states: readonly JobState[],
  signal: AbortSignal,
  use: (jobs: readonly JobRecord[]) => Promise<void>,
): Promise<void> {
  let after: string | null = null
  do {
    if (signal.aborted) return
    const page: Awaited<ReturnType<MoveEnd['records']['list']>> = await from.records.list(
      { states },
      { limit: PAGE, after, order: 'oldest' },
    )
    if (page.jobs.length > 0) await use(page.jobs)
    // A store in this very process answers without a pause, and a signal would wait for the end.
    await pause()
    after = page.next
  } while (after !== null)
}

async function progressReport(from: MoveEnd, options: MoveOptions, tally: Tally): Promise<() => void> {
  const total = (await countLeft(from)).all
  return () => {
    const done = tally.moved + tally.skipped
    // Producers may have added more meanwhile.
    options.onProgress(done, Math.max(total, done))
  }
}

async function countLeft(from: MoveEnd): Promise<{ all: number; active: number }> {
  const counts = await from.records.counts()
  const sum = (rows: typeof counts): number => rows.reduce((total, row) => total + row.count, 0)
  return { all: sum(counts), active: sum(counts.filter((row) => row.state === 'active')) }
}
