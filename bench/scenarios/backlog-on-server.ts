/**
 * What a backlog costs on a server: the time of one claim of 100 jobs with 10,000 waiting, and with a million. The
 * two are neighbours on one server, and claimed from in turn.
 * @module
 */
import type { Backend } from 'millrace/contract'
import { postgres } from 'millrace/postgres'
import { redis } from 'millrace/redis'
import { Claimer, claimInTurn } from '../claimer.ts'
import { makeInputs } from '../input.ts'
import { type Bed, type Scenario, toRow } from '../scenario.ts'
import { openMillrace } from '../systems/millrace.ts'
import { sizeNote } from './backlog.ts'

const SMALL = 10_000
const BATCH = 1000

/** p50 and p99 are of one claim of 100 jobs; `exact`: no job was claimed twice. */
export const backlogOnServer: Scenario = {
  name: 'backlog',
  systems: { 'millrace-redis': 1, 'millrace-postgres': 1 },
  repeat: 'once',
  rows: ['claim-10k-waiting', 'claim-1m-waiting'],
  async measure(bed) {
    const { backlog: large } = bed.sizes
    await fill(backendOf(bed, 'small'), SMALL)
    await fill(backendOf(bed, 'large'), large)
    const small = new Claimer(backendOf(bed, 'small'))
    const million = new Claimer(backendOf(bed, 'large'))
    await claimInTurn([small, million])
    const rows = [
      toRow(bed, small.figures(), 'claim-10k-waiting'),
      toRow(bed, million.figures(), 'claim-1m-waiting'),
    ]
    await small.close()
    await million.close()
    return { rows, notes: sizeNote(large) }
  },
}

/** A store of its own on the one server. */
function backendOf({ server, url }: Bed, name: string): Backend {
  return server?.store === 'redis' ? redis({ url, namespace: name }) : postgres({ url, schema: name })
}

async function fill(backend: Backend, jobs: number): Promise<void> {
  await backend.migrate()
  const store = openMillrace(backend)
  const inputs = makeInputs(BATCH)
  for (let stored = 0; stored < jobs; stored += BATCH) {
    for (const batch of store.batches(inputs, BATCH)) await batch()
  }
  await store.close()
}
