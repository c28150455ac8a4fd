/**
 * Checks of the store itself: reachable, current, on time, writable, with room.
 * @module
 */
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Backend, BackendInfo } from '../../contract/index.ts'
import { newId } from '../../kit/ids.ts'
import { describeFailure, furtherCauses } from '../failure.ts'
import { bytes, span } from '../figures.ts'
import { probeJob } from '../probe-job.ts'
import type { StoreClient } from '../store-client.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** A store that has not answered by then is not reachable for the doctor. */
const ANSWER_MS = 10_000
const SKEW_WARN_MS = 1_000
const SKEW_FAIL_MS = 30_000
const ROOM_FAIL_BYTES = 100 * 1024 * 1024
const ROOM_WARN_BYTES = 1024 * 1024 * 1024

/** What the store says of itself, or why it does not. */
export interface StoreAnswer {
  readonly info: BackendInfo | null
  readonly findings: readonly Finding[]
}

/** Asks the store for itself, then checks its schema and its clock. */
export async function checkStore(app: StoreClient): Promise<StoreAnswer> {
  const sent = Date.now()
  let info: BackendInfo
  try {
    info = await withinTime(app.info())
  } catch (error) {
    const failure = describeFailure(error)
    const { message, hint } = failure
    const causes = furtherCauses(failure)
    const summary = causes.length === 0 ? message : `${message} (${causes.join(': ')})`
    const advice =
      hint?.includes('doctor') === false
        ? hint
        : 'Check the URL, and that the store runs and may be reached from here.'
    return { info: null, findings: [fail('store', summary, advice)] }
  }
  const received = Date.now()
  const facts = Object.entries(info.facts).map(([name, value]) => `, ${name} ${value}`)
  const version = info.storeVersion === null ? '' : ` ${info.storeVersion}`
  const answered = ok(
    'store',
    `${info.name}${version} at ${info.location} answered in ${span(received - sent)}${facts.join('')}`,
  )
  return { info, findings: [answered, checkSchema(info), checkClock(info.now, sent, received)] }
}

function checkSchema({ schema }: BackendInfo): Finding {
  if (schema === null) return ok('schema', 'this store needs none')
  const { found, wanted } = schema
  if (found === wanted) return ok('schema', `version ${found}`)
  if (found < wanted)
    // Where the store does not do it by itself, the check of writing is about to fail.
    return warn(
      'schema',
      `version ${found}, this release wants ${wanted}`,
      'Run `millrace migrate`, or leave it to the first use of the store.',
    )
  // Only a change that is marked as breaking keeps this release out, and the check of writing finds that.
  return warn(
    'schema',
    `version ${found} is newer than this release’s ${wanted}`,
    'Update the millrace package.',
  )
}

function checkClock(now: number, sent: number, received: number): Finding {
  // The answer was made at some moment between; only what lies outside is certain to be skew.
  const skew = now < sent ? now - sent : now > received ? now - received : 0
  const size = Math.abs(skew)
  if (size <= SKEW_WARN_MS) return ok('clock', 'agrees with the store’s')
  const summary = `the store’s clock is ${span(size)} ${skew > 0 ? 'ahead' : 'behind'}`
  const advice = 'Due times follow the store’s clock. Set both clocks by NTP.'
  return size > SKEW_FAIL_MS ? fail('clock', summary, advice) : warn('clock', summary, advice)
}

/** Stores a job that nobody may run yet in a queue of its own, and deletes it. */
export async function checkWriting(backend: Backend): Promise<Finding> {
  const job = probeJob(newId())
  try {
    await withinTime(backend.enqueue([job]))
    await backend.records?.delete([job.id])
  } catch (error) {
    const { message, hint } = describeFailure(error)
    return fail('writing', message, hint ?? 'Give this user the right to write to the store.')
  }
  return ok('writing', backend.records === undefined ? 'a job was stored' : 'a job was stored and deleted')
}

/** Room on the disk, where the store is a file here; null where it is not. */
export async function checkDisk(info: BackendInfo): Promise<Finding | null> {
  const path = resolve(info.location.replace(/^[a-z]+:(\/\/)?/, ''))
  if (!existsSync(path)) return null
  const { bavail, bsize } = await statfs(dirname(path))
  const room = bavail * bsize
  const summary = `${bytes(room)} free${info.sizeBytes === null ? '' : `, the store takes ${bytes(info.sizeBytes)}`}`
  const advice = 'Free some space, or keep finished jobs for a shorter time (`retention` in the config).'
  if (room < ROOM_FAIL_BYTES) return fail('disk', summary, advice)
  // A store that is rewritten or copied needs its own size once more.
  return room < Math.max(ROOM_WARN_BYTES, info.sizeBytes ?? 0)
    ? warn('disk', summary, advice)
    : ok('disk', summary)
}

async function withinTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The store did not answer within ${span(ANSWER_MS)}.`)),
      ANSWER_MS,
    )
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
