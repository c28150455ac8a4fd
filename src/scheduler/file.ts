/**
 * Schedules from a YAML or JSON file.
 * @module
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import type * as Yaml from 'yaml'
import type { ScheduleEntry } from '../contract/index.ts'
import { ConfigError } from '../contract/index.ts'

/** Larger is no list of schedules. */
const LARGEST_BYTES = 4 * 1024 * 1024

/**
 * The schedules of a file by name: an object of them at its top. JSON is read as the YAML that it is, which notices
 * a name that comes twice.
 * @throws ConfigError where it cannot be read, with the line where that is known.
 */
export function readScheduleFile(file: string): ReadonlyMap<string, ScheduleEntry> {
  const path = resolve(file)
  const text = readText(path)
  // Loaded only where there is a file: it takes its time.
  const { parseDocument } = createRequire(import.meta.url)('yaml') as typeof Yaml
  const document = parseDocument(text, { prettyErrors: true, stringKeys: true })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) {
    throw new ConfigError(`The schedule file ${path} cannot be read: ${fault.message.trim()}`, {
      cause: fault,
    })
  }
  const content: unknown = document.toJS({ maxAliasCount: 100 })
  if (content === null || content === undefined) return new Map()
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new ConfigError(
      `The schedule file ${path} must hold schedules by name, such as "cleanup: { task: cleanup, every: 1 day }".`,
    )
  }
  return new Map(Object.entries(content))
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > LARGEST_BYTES) throw new Error(`it has ${bytes.length} bytes`)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError(`The schedule file ${path} cannot be read: ${reason}`, { cause: error })
  }
}
