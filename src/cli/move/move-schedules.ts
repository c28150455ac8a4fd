/**
 * Hands schedules over from one store to another: each fires in one of the two, whatever interrupts it.
 *
 * A schedule is copied paused, then stopped here by compare-and-set, which proves that the copy is of the last thing
 * it did, then let go there. Each step is chosen from what the two stores hold, so that a move which was
 * interrupted goes on where it was.
 * @module
 */
import type {
  Backend,
  ScheduleDefinition,
  SchedulePage,
  ScheduleRecord,
  SchedulesFacet,
} from '../../contract/index.ts'
import { differences } from '../../scheduler/reconcile.ts'

/** What became of the schedules. */
export interface ScheduleAccount {
  /** Copied to the other store and stopped here. */
  readonly moved: number
  /** Were there already with the same definition; those that still fired here were stopped. */
  readonly skipped: number
  /** Names of those left alone, as the other store has a different one of this name. */
  readonly conflicts: readonly string[]
  /** Names of those that were there already and were paused, since they are paused here. */
  readonly paused: readonly string[]
}

/** What to do next with a schedule: one write in one of the stores, or nothing any more. */
type Step =
  | { readonly kind: 'copy' | 'let-go' | 'pause-there' | 'stop-here'; readonly schedule: ScheduleRecord }
  | { readonly kind: 'done' | 'conflict' }

const PAGE = 100
/** Writes in a row for one schedule, against schedulers that fire it all the time. */
const MOST_STEPS = 60
/** `changedAt` of a copy that goes on once its original has stopped. No other schedule changed in 1970. */
const ON_ITS_WAY = 0

/**
 * Resolves once all are handed over. Those here stay, stopped: a worker of this store that starts again would
 * otherwise declare them anew, and fire them in both.
 * @throws Error where the other store keeps no schedules and this one has some.
 */
export async function moveSchedules(from: Backend, to: Backend): Promise<ScheduleAccount> {
  const tally = { moved: 0, skipped: 0, conflicts: [] as string[], paused: [] as string[] }
  const source = from.schedules
  if (source === undefined) return tally
  let after: string | null = null
  do {
    const page: SchedulePage = await source.list({ limit: PAGE, after })
    for (const { name } of page.schedules) {
      if (to.schedules === undefined) throw noSchedules(to, name)
      const { kinds, end } = await handOver(name, source, to.schedules)
      if (kinds.has('pause-there')) tally.paused.push(name)
      if (end === 'conflict') tally.conflicts.push(name)
      else if (kinds.has('copy') || kinds.has('let-go')) tally.moved += 1
      else if (end === 'done') tally.skipped += 1
    }
    after = page.next
  } while (after !== null)
  return tally
}

async function handOver(
  name: string,
  from: SchedulesFacet,
  to: SchedulesFacet,
): Promise<{ kinds: ReadonlySet<Step['kind']>; end: 'done' | 'conflict' | 'removed' }> {
  const kinds = new Set<Step['kind']>()
  /** Revision of the original that the copy was made from. */
  let copied: number | null = null
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const [[here], [there]] = await Promise.all([from.get([name]), to.get([name])])
    if (here === null || here === undefined) return { kinds, end: 'removed' }
    const step = nextStep(here, there ?? null, copied)
    if (!('schedule' in step)) return { kinds, end: step.kind }
    const store = step.kind === 'stop-here' ? from : to
    const [answer] = await store.write([{ schedule: step.schedule, firings: [] }])
    // Somebody else wrote it meanwhile: the next look shows what.
    if (answer?.written !== true) continue
    kinds.add(step.kind)
    if (step.kind === 'copy') copied = here.revision
  }
  throw new Error(`Schedule '${name}' is being written all the time by others. Start the same move again.`)
}

/** @param copied the revision of `here` that the copy there was made from in this move; null: there is none yet. */
function nextStep(here: ScheduleRecord, there: ScheduleRecord | null, copied: number | null): Step {
  const isComing = there?.changedAt === ON_ITS_WAY
  if (there !== null && !isComing && !isShell(there, here)) {
    // Whatever became of it there since an earlier move.
    if (isStopped(here)) return { kind: 'done' }
    if (!isSame(here, there)) return { kind: 'conflict' }
    // What was paused on purpose must not start to run because it has moved.
    if (here.paused && !there.paused) return { kind: 'pause-there', schedule: { ...there, paused: true } }
    return { kind: 'stop-here', schedule: stopped(here) }
  }
  if (isStopped(here)) {
    if (there === null) return { kind: 'copy', schedule: { ...here, revision: 0 } }
    return { kind: 'let-go', schedule: { ...there, paused: false, changedAt: here.changedAt } }
  }
  const revision = there?.revision ?? 0
  if (here.paused) return { kind: 'copy', schedule: { ...here, revision } }
  if (isComing && copied === here.revision) return { kind: 'stop-here', schedule: stopped(here) }
  return { kind: 'copy', schedule: { ...here, revision, paused: true, changedAt: ON_ITS_WAY } }
}

/** Without a next time it does not fire even where somebody looks past the pause; resuming works it out anew. */
function stopped(row: ScheduleRecord): ScheduleRecord {
  return { ...row, paused: true, nextAt: null, heldAt: null }
}

function isStopped({ paused, nextAt, heldAt }: ScheduleRecord): boolean {
  return paused && nextAt === null && heldAt === null
}

/** What an earlier move the other way left there: nothing to be kept. */
function isShell(there: ScheduleRecord, here: ScheduleRecord): boolean {
  return isStopped(there) && !isStopped(here) && (there.createdAt === here.createdAt || isSame(here, there))
}

/** Whether both fire the same at the same times, wherever that was said. */
function isSame(here: ScheduleRecord, there: ScheduleRecord): boolean {
  return differences(definitionOf(here), there).every((what) => what === 'source' || what === 'group')
}

function definitionOf(row: ScheduleRecord): ScheduleDefinition {
  const { revision, paused, nextAt, heldAt, lastAt, openJobs, createdAt, changedAt, ...definition } = row
  return definition
}

function noSchedules(to: Backend, name: string): Error {
  return new Error(
    `The target store (${to.name}) keeps no schedules, and there are some here, such as '${name}'. ` +
      'None was moved. Move to a store that keeps them, or remove them first: millrace schedules remove.',
  )
}
