/**
 * Checks of what the managing calls are given.
 * @module
 */
import type { Ids, JobFilter, PageRequest } from '../../contract/index.ts'
import { InvalidOptionError, JOB_STATES } from '../../contract/index.ts'
import { checkInteger, checkKeys, checkName } from '../../kit/check.ts'
import { show } from '../../kit/show.ts'
import { suggest } from '../../kit/suggest.ts'

const LARGEST_PAGE = 1000
const DEFAULT_PAGE = 100
const LONGEST_SEARCH = 1000
const LAST_MS = 8.64e15

const FINISH_REASONS = [
  'exhausted',
  'discarded',
  'invalid-input',
  'unknown-task',
  'quarantined',
  'requested',
  'expired',
  'drained',
] as const satisfies JobFilter['reasons']

const FILTER_KEYS = [
  'states',
  'queues',
  'tasks',
  'tags',
  'reasons',
  'createdFrom',
  'createdBefore',
  'text',
] as const satisfies readonly (keyof JobFilter)[]

/** What a caller may say of a page. */
export interface PageOptions {
  readonly limit?: number
  readonly after?: string | null
  readonly order?: 'newest' | 'oldest'
}

/**
 * One name or many, as a list without doubles.
 * @throws InvalidOptionError
 */
export function readNames(names: Ids, field: string): readonly string[] {
  if (typeof names === 'string') return [checkName(names, field)]
  if (!Array.isArray(names)) {
    throw new InvalidOptionError(field, `${field} must be text or a list of texts, got ${show(names)}.`)
  }
  return [...new Set(names.map((name, index) => checkName(name, `${field}[${index}]`)))]
}

/**
 * A filter, checked, without fields that are undefined.
 * @throws InvalidOptionError
 */
export function readFilter(filter: JobFilter): JobFilter {
  checkKeys(filter, FILTER_KEYS, 'the filter')
  readWords(filter.states, 'states', JOB_STATES)
  readWords(filter.reasons, 'reasons', FINISH_REASONS)
  for (const field of ['queues', 'tasks', 'tags'] as const) {
    if (filter[field] !== undefined) readList(filter[field], field)
  }
  for (const field of ['createdFrom', 'createdBefore'] as const) {
    if (filter[field] !== undefined) checkInteger(filter[field], field, 0, LAST_MS)
  }
  const { text } = filter
  if (text !== undefined && (typeof text !== 'string' || text === '' || text.length > LONGEST_SEARCH)) {
    throw new InvalidOptionError(
      'text',
      `text must have 1 to ${LONGEST_SEARCH} characters, got ${show(text)}.`,
    )
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

function readList(list: readonly string[], field: string): readonly string[] {
  if (Array.isArray(list)) return readNames(list, field)
  throw new InvalidOptionError(field, `${field} must be a list, got ${show(list)}.`)
}

function readWords(words: readonly string[] | undefined, field: string, known: readonly string[]): void {
  if (words === undefined) return
  for (const [index, word] of readList(words, field).entries()) {
    if (known.includes(word)) continue
    const near = suggest(word, known)
    const hint = near === null ? `Known: ${known.join(', ')}.` : `Did you mean '${near}'?`
    throw new InvalidOptionError(`${field}[${index}]`, `There is no ${show(word)} in ${field}. ${hint}`)
  }
}

/**
 * A page request with its defaults: 100 jobs, the newest first.
 * @throws InvalidOptionError
 */
export function readPage(page: PageOptions): PageRequest {
  checkKeys(page, ['limit', 'after', 'order'], 'the page')
  const { limit = DEFAULT_PAGE, after = null, order = 'newest' } = page
  if (after !== null && (typeof after !== 'string' || after === '')) {
    throw new InvalidOptionError('after', `after must be the 'next' of the page before, got ${show(after)}.`)
  }
  if (order !== 'newest' && order !== 'oldest') {
    throw new InvalidOptionError('order', `order must be 'newest' or 'oldest', got ${show(order)}.`)
  }
  return { limit: checkInteger(limit, 'limit', 1, LARGEST_PAGE), after, order }
}
