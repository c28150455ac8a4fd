/**
 * Importing the data set: one job cuts it into chunks, one job a chunk stores the rows.
 * @module
 */
import { task } from 'millrace'
import { z } from 'zod'
import { type City, city, sourceRows } from '../cities.ts'
import { database, insertCities } from '../database.ts'

const CHUNK_ROWS = 250

/** Stores the rows `from` to `to`. The rows and the job's success commit together: no chunk is stored twice. */
export const importChunk = task('import-chunk', {
  queue: 'import',
  input: z.object({ from: z.number().int(), to: z.number().int() }),
  async run({ from, to }, job) {
    const rows = (await sourceRows()).slice(from, to)
    const cities: City[] = rows.map((row) => city.parse(row))
    return job.transaction(database(), () => {
      insertCities(cities)
      return { stored: cities.length }
    })
  },
})

/** Cuts the data set into chunks, a job each. Chunk jobs have chosen ids, so running this again adds none. */
export const importCities = task('import-cities', {
  queue: 'import',
  input: z.object({ importId: z.string() }),
  async run({ importId }, job) {
    const { length } = await sourceRows()
    const chunks: { from: number; to: number }[] = []
    for (let from = 0; from < length; from += CHUNK_ROWS)
      chunks.push({ from, to: Math.min(from + CHUNK_ROWS, length) })
    await job.enqueueMany(importChunk, chunks, (chunk) => ({
      id: `${importId}:${chunk.from}`,
      tags: ['chunk'],
    }))
    job.log.info('cut into chunks', { rows: length, chunks: chunks.length })
    return { rows: length, chunks: chunks.length }
  },
})
