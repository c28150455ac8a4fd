/**
 * What an app declares, in code and in files, together.
 * @module
 */
import type { ScheduleDefinition } from '../contract/index.ts'
import { InvalidOptionError } from '../contract/index.ts'
import { checkName } from '../kit/check.ts'
import { show } from '../kit/show.ts'
import { type GivenSchedule, readSchedule } from './definition.ts'
import { readScheduleFile } from './file.ts'
import type { DeclaredSchedules, JobMaker } from './ports.ts'

/** The options of `millrace()` that are about schedules. */
export interface ScheduleSettings {
  readonly schedules: Readonly<Record<string, GivenSchedule>> | undefined
  readonly files: readonly string[] | undefined
  readonly group: string
}

/**
 * Reads the options; the files are read later, with the tasks at hand.
 * @throws InvalidOptionError
 */
export function readScheduleSettings(options: {
  readonly schedules?: unknown
  readonly scheduleFiles?: unknown
  readonly scheduleGroup?: unknown
}): ScheduleSettings {
  const { schedules, scheduleFiles, scheduleGroup = 'default' } = options
  if (schedules !== undefined && !isRecord(schedules)) {
    throw new InvalidOptionError('schedules', `schedules must be an object by name, got ${show(schedules)}.`)
  }
  const files = typeof scheduleFiles === 'string' ? [scheduleFiles] : scheduleFiles
  if (files !== undefined && !isTexts(files)) {
    throw new InvalidOptionError(
      'scheduleFiles',
      `scheduleFiles must be a path, or a list of them, got ${show(scheduleFiles)}.`,
    )
  }
  return { schedules, files, group: checkName(scheduleGroup, 'scheduleGroup') }
}

/**
 * All that is declared, each name once; null where neither schedules nor files were given.
 * @throws InvalidOptionError where one is wrong or declared twice; ConfigError where a file cannot be read.
 */
export function readDeclared(jobs: JobMaker, settings: ScheduleSettings): DeclaredSchedules | null {
  const { schedules, files, group } = settings
  if (schedules === undefined && files === undefined) return null
  const found = new Map<string, ScheduleDefinition | Promise<ScheduleDefinition>>()
  const add = (name: string, given: GivenSchedule, source: 'code' | 'file', where: string): void => {
    const prefix = `${where}.${name}.`
    if (found.has(name)) {
      throw new InvalidOptionError(
        prefix.slice(0, -1),
        `Schedule '${name}' is declared twice, the second time in ${where}: give each a name of its own.`,
      )
    }
    const definition = readSchedule(jobs, name, given, { source, group, prefix })
    // Whoever reconciles hears of it; nobody may ever do so.
    if (definition instanceof Promise) definition.catch(() => undefined)
    found.set(name, definition)
  }
  for (const [name, given] of Object.entries(schedules ?? {})) add(name, given, 'code', 'schedules')
  for (const file of files ?? []) {
    for (const [name, entry] of readScheduleFile(file)) add(name, entry, 'file', file)
  }
  return { group, definitions: [...found.values()] }
}

function isRecord(value: unknown): value is Readonly<Record<string, GivenSchedule>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '')
}
