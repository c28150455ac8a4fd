/**
 * What a backlog costs: the time of one claim of 100 jobs with 10,000 waiting, with a million waiting, and with
 * a million finished beside 10,000 waiting.
 * @module
 */
import { sqlite } from 'millrace/sqlite'
import { Claimer, claimInTurn } from '../claimer.ts'
import { type Bed, type Scenario, toRow } from '../scenario.ts'
import { type Filling, fill, openMillraceFile } from '../systems/millrace-file.ts'

const SMALL = 10_000

/** p50 and p99 are of one claim of 100 jobs; `exact`: no job was claimed twice. */
export const backlog: Scenario = {
  name: 'backlog',
  systems: { millrace: 1 },
  repeat: 'once',
  rows: ['claim-10k-waiting', 'claim-1m-waiting', 'claim-1m-finished'],
  async measure(bed) {
    const { backlog: large } = bed.sizes
    const stores = [
      await openStore(bed, 'claim-10k-waiting', { finished: 0, waiting: SMALL }),
      await openStore(bed, 'claim-1m-waiting', { finished: 0, waiting: large }),
      await openStore(bed, 'claim-1m-finished', { finished: large, waiting: SMALL }),
    ]
    await claimInTurn(stores.map(({ claimer }) => claimer))
    const rows = stores.map(({ name, claimer }) => toRow(bed, claimer.figures(), name))
    for (const { claimer } of stores) await claimer.close()
    return { rows, notes: sizeNote(large) }
  },
}

/** Says so where a million was none. */
export function sizeNote(large: number): string[] {
  return large === 1_000_000 ? [] : [`The large stores held ${large.toLocaleString('en')} jobs.`]
}

async function openStore(bed: Bed, name: string, filling: Filling) {
  const file = `${bed.file}-${name}`
  const database = await openMillraceFile({ file, synchronous: bed.synchronous })
  fill(database, filling)
  database.close()
  const backend = sqlite({ file, synchronous: bed.synchronous, binding: 'better-sqlite3' })
  return { name, claimer: new Claimer(backend) }
}
