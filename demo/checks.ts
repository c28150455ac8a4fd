/**
 * Whether the work was really done: the demo looks at its own outputs.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JobView } from 'millrace'
import sharp from 'sharp'
import { sourceRows } from './cities.ts'
import { countCities } from './database.ts'
import { photos } from './photos.ts'
import type { ReceivedMail } from './servers/smtp.ts'

/** One thing that was checked. */
export interface Check {
  readonly what: string
  readonly passed: boolean
}

/** What the checks look at. */
export interface Evidence {
  readonly folder: string
  readonly jobs: readonly JobView[]
  readonly subscribers: readonly string[]
  readonly mails: readonly ReceivedMail[]
}

/** Looks at everything. */
export async function runChecks(evidence: Evidence): Promise<Check[]> {
  return [
    await rows(),
    await thumbnails(evidence.jobs),
    await pdf(evidence.folder),
    mails(evidence),
    rates(evidence),
    states(evidence),
    rescued(evidence),
  ]
}

async function rows(): Promise<Check> {
  const { length } = await sourceRows()
  const stored = countCities()
  return {
    what: `${stored.toLocaleString('en')} rows imported of ${length.toLocaleString('en')} in the source`,
    passed: stored === length,
  }
}

async function thumbnails(jobs: readonly JobView[]): Promise<Check> {
  const outputs = jobs
    .filter(({ task }) => task === 'make-thumbnail')
    .map(({ output }) => output as { file: string; width: number })
  let decoded = 0
  for (const { file, width } of outputs) {
    const { info } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
    if (info.width === width) decoded += 1
  }
  const expected = photos().length * 4
  return { what: `${decoded} thumbnails decode`, passed: decoded === expected }
}

async function pdf(folder: string): Promise<Check> {
  const text = (await readFile(join(folder, 'report.pdf'))).toString('latin1')
  const pages = text.match(/\/Type \/Page\b/g)?.length ?? 0
  return { what: `the report has ${pages} pages`, passed: text.startsWith('%PDF') && pages >= 2 }
}

function mails({ subscribers, mails: received }: Evidence): Check {
  const once = subscribers.filter((to) => received.filter((mail) => mail.to === to).length === 1)
  const attached = received.every(({ attachmentBytes }) => attachmentBytes > 1000)
  return {
    what: `${received.length} e-mails arrived, each of ${subscribers.length} subscribers got one`,
    passed: once.length === subscribers.length && received.length === subscribers.length && attached,
  }
}

function rates({ jobs }: Evidence): Check {
  const synced = jobs.filter(({ task, state }) => task === 'sync-rate' && state === 'succeeded')
  const tries = synced.reduce((sum, { attempt }) => sum + attempt, 0)
  return {
    what: `${synced.length} rates fetched from the flaky API in ${tries} attempts`,
    passed: synced.length === 10 && tries >= 40,
  }
}

function states({ jobs }: Evidence): Check {
  const succeeded = jobs.filter(({ state }) => state === 'succeeded').length
  return { what: `${succeeded} of ${jobs.length} jobs succeeded`, passed: succeeded === jobs.length }
}

function rescued({ jobs }: Evidence): Check {
  const lost = jobs.filter((job) => job.lost > 0)
  const saved = lost.filter(({ state }) => state === 'succeeded').length
  return {
    what: `${lost.length} jobs of the killed worker were rescued, and ${saved} of them succeeded`,
    passed: lost.length > 0 && saved === lost.length,
  }
}
