/**
 * Bringing the store to what an app declares, and showing where the two differ.
 * @module
 */
import type {
  Reconciled,
  ScheduleChange,
  ScheduleDefinition,
  ScheduleDrift,
  ScheduleRecord,
  SchedulesFacet,
} from '../contract/index.ts'
import { nextTime } from './timeline.ts'
import { allSchedules } from './write.ts'

/** Others may write the same schedules meanwhile; after so many rounds it is for the next start to go on. */
const MOST_ROUNDS = 10

/** Names of what differs between a declaration and the stored schedule; empty: nothing. */
export function differences(declared: ScheduleDefinition, stored: ScheduleRecord): readonly string[] {
  const { name: _name, job, inputHash, ...rest } = declared
  const fields = (Object.keys(rest) as (keyof typeof rest)[]).filter(
    (key) => !same(declared[key], stored[key]),
  )
  // A payload may be encoded anew each time; its hash says whether the input is the same.
  const { payload: _payload, ...options } = job
  const optionNames = (Object.keys(options) as (keyof typeof options)[]).filter(
    (key) => !same(options[key], stored.job[key]),
  )
  return [...fields, ...optionNames, ...(inputHash === stored.inputHash ? [] : ['input'])]
}

/** Fields are always in the same order: both were made by the same code. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Where the declared schedules of a group differ from the stored ones. */
export function driftOf(
  group: string,
  declared: readonly ScheduleDefinition[],
  stored: readonly ScheduleRecord[],
): readonly ScheduleDrift[] {
  const byName = new Map(stored.map((row) => [row.name, row]))
  const names = new Set(declared.map(({ name }) => name))
  const drift = declared.flatMap((definition): ScheduleDrift[] => {
    const { name } = definition
    const row = byName.get(name)
    if (row === undefined) return [{ name, kind: 'missing', differs: [] }]
    if (row.group !== group) return [{ name, kind: 'taken', differs: [] }]
    const differs = differences(definition, row)
    return differs.length === 0 ? [] : [{ name, kind: 'changed', differs }]
  })
  const left = stored.filter((row) => row.group === group && !names.has(row.name))
  return [...drift, ...left.map(({ name }): ScheduleDrift => ({ name, kind: 'undeclared', differs: [] }))]
}

/** Adds, changes and removes a group's schedules until the store is as declared; dynamic ones are left alone. */
export async function reconcile(
  facet: SchedulesFacet,
  group: string,
  declared: readonly ScheduleDefinition[],
): Promise<Reconciled> {
  const byName = new Map(declared.map((definition) => [definition.name, definition]))
  const done = { added: new Set<string>(), changed: new Set<string>(), removed: new Set<string>() }
  let taken: readonly string[] = []
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const stored = await allSchedules(facet)
    const rows = new Map(stored.map((row) => [row.name, row]))
    const drift = driftOf(group, declared, stored)
    const named = (kind: ScheduleDrift['kind']): string[] =>
      drift.filter((one) => one.kind === kind).map(({ name }) => name)
    taken = named('taken')
    const gone = named('undeclared')
    const removed = gone.length === 0 ? [] : await facet.remove(gone)
    for (const [index, name] of gone.entries()) if (removed[index] === true) done.removed.add(name)
    const { now } = await facet.due(1)
    const changes = [...named('missing'), ...named('changed')].flatMap((name) => {
      const definition = byName.get(name)
      return definition === undefined ? [] : [defineSchedule(definition, rows.get(name) ?? null, now)]
    })
    if (changes.length === 0) break
    const answers = await facet.write(changes)
    for (const [index, { schedule }] of changes.entries()) {
      if (answers[index]?.written !== true) continue
      done[schedule.revision === 0 ? 'added' : 'changed'].add(schedule.name)
    }
    // Another process wrote one of them at the same time: look again what it made of it.
    if (answers.every(({ written }) => written)) break
  }
  return { added: [...done.added], changed: [...done.changed], removed: [...done.removed], taken }
}

/** The row of a definition: a new one, or the stored one with what is defined now. */
export function defineSchedule(
  definition: ScheduleDefinition,
  stored: ScheduleRecord | null,
  now: number,
): ScheduleChange {
  if (stored === null) {
    const schedule: ScheduleRecord = {
      ...definition,
      revision: 0,
      paused: false,
      nextAt: nextTime(definition, now),
      heldAt: null,
      lastAt: null,
      openJobs: [],
      createdAt: now,
      changedAt: now,
    }
    return { schedule, firings: [] }
  }
  const keepsTimes = (['timing', 'startAt', 'endAt'] as const).every((key) =>
    same(definition[key], stored[key]),
  )
  const nextAt = keepsTimes ? stored.nextAt : nextTime(definition, now)
  return { schedule: { ...stored, ...definition, nextAt, changedAt: now }, firings: [] }
}
