/**
 * A worker's options, checked and with their defaults.
 * @module
 */
import type { QueueSelection, WorkerOptions } from '../../contract/index.ts'
import { InvalidOptionError } from '../../contract/index.ts'
import { checkInteger, checkKeys, checkName } from '../../kit/check.ts'
import { parseDuration } from '../../kit/durations.ts'
import { newWorkerId } from '../../kit/ids.ts'
import { show } from '../../kit/show.ts'

const KEYS = [
  'slots',
  'queues',
  'lease',
  'grace',
  'prefetch',
  'poll',
  'quarantineAfter',
  'id',
  'maintenance',
  'schedules',
] as const
const QUEUE_KEYS = ['weight', 'slots'] as const

const MOST_SLOTS = 10_000
const MOST_PREFETCH = 100_000
const MOST_QUEUES = 1_000
const HEAVIEST = 1_000
const SHORTEST_LEASE_MS = 1_000
const SHORTEST_POLL_MS = 1
const LONGEST_MS = 24 * 60 * 60 * 1_000

/** One queue a worker serves. */
export interface QueuePlan {
  readonly name: string
  readonly weight: number
  readonly slots: number
}

/** What a worker goes by. */
export interface WorkerPlan {
  readonly id: string
  readonly slots: number
  readonly order: 'strict' | 'weighted'
  /** Null: those that the registered tasks name when it starts, with equal weights, so that none starves. */
  readonly queues: readonly QueuePlan[] | null
  readonly leaseMs: number
  readonly graceMs: number
  readonly prefetch: number
  readonly pollMs: number
  readonly quarantineAfter: number
  readonly maintenance: boolean
  /** For whoever puts a scheduler beside it. */
  readonly schedules: boolean
}

/**
 * Reads the options. One that is undefined counts as not given.
 * @throws InvalidOptionError
 */
export function readWorkerOptions(options: WorkerOptions): WorkerPlan {
  checkKeys(options, KEYS, 'the worker')
  const { id, slots = 10, queues, lease = '15s', grace = '25s', poll = '5s', prefetch = 1_000 } = options
  const { quarantineAfter = 3, maintenance = true, schedules = true } = options
  checkInteger(slots, 'slots', 1, MOST_SLOTS)
  for (const [field, value] of Object.entries({ maintenance, schedules })) {
    if (typeof value === 'boolean') continue
    throw new InvalidOptionError(field, `${field} must be true or false, got ${show(value)}.`)
  }
  return {
    id: id === undefined ? newWorkerId() : checkName(id, 'id'),
    slots,
    order: Array.isArray(queues) ? 'strict' : 'weighted',
    queues: queues === undefined ? null : readQueues(queues, slots),
    leaseMs: readSpan(lease, 'lease', SHORTEST_LEASE_MS),
    graceMs: parseDuration(grace, 'grace'),
    prefetch: checkInteger(prefetch, 'prefetch', 0, MOST_PREFETCH),
    pollMs: readSpan(poll, 'poll', SHORTEST_POLL_MS),
    quarantineAfter: checkInteger(quarantineAfter, 'quarantineAfter', 1, 1_000_000),
    maintenance,
    schedules,
  }
}

function readSpan(value: number | string, field: string, shortestMs: number): number {
  const ms = parseDuration(value, field)
  if (ms >= shortestMs && ms <= LONGEST_MS) return ms
  throw new InvalidOptionError(
    field,
    `${field} must be from ${shortestMs} ms to 24 hours, got ${show(value)}.`,
  )
}

function readQueues(queues: QueueSelection, slots: number): readonly QueuePlan[] {
  if (typeof queues !== 'object' || queues === null) {
    const forms = 'a list of names, or an object such as { mail: 3, default: { weight: 1, slots: 5 } }'
    throw new InvalidOptionError('queues', `queues must be ${forms}, got ${show(queues)}.`)
  }
  const plans = isList(queues)
    ? queues.map((name, index) => ({ name: checkName(name, `queues[${index}]`), weight: 1, slots }))
    : Object.entries(queues).map(([name, value]) => readQueue(checkName(name, 'queues'), value, slots))
  if (plans.length === 0)
    throw new InvalidOptionError('queues', 'queues is empty: a worker serves at least one.')
  if (plans.length > MOST_QUEUES) {
    throw new InvalidOptionError('queues', `queues may name up to ${MOST_QUEUES}, got ${plans.length}.`)
  }
  const names = new Set<string>()
  for (const { name } of plans) {
    if (names.has(name)) throw new InvalidOptionError('queues', `queues names ${show(name)} twice.`)
    names.add(name)
  }
  return plans
}

function isList(queues: QueueSelection): queues is readonly string[] {
  return Array.isArray(queues)
}

function readQueue(
  name: string,
  value: number | { readonly weight?: number; readonly slots?: number },
  slots: number,
): QueuePlan {
  const field = `queues.${name}`
  if (typeof value === 'number') return { name, weight: checkInteger(value, field, 1, HEAVIEST), slots }
  if (typeof value !== 'object' || value === null) {
    throw new InvalidOptionError(
      field,
      `${field} must be a weight or an object with weight and slots, got ${show(value)}.`,
    )
  }
  checkKeys(value, QUEUE_KEYS, field)
  return {
    name,
    weight: checkInteger(value.weight ?? 1, `${field}.weight`, 1, HEAVIEST),
    slots: checkInteger(value.slots ?? slots, `${field}.slots`, 1, slots),
  }
}
