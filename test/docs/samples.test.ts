/**
 * Every sample of every page does what the page says.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPages } from './pages.ts'
import { readSamples } from './samples.ts'
import { Workshop } from './workshop.ts'

const samples = readPages().flatMap(({ path, text }) => readSamples(path, text))
const workshop = new Workshop(samples)

beforeAll(() => workshop.compile(), 120_000)
afterAll(() => workshop.close())

for (const page of new Set(samples.map((sample) => sample.page))) {
  const own = samples.filter((sample) => sample.page === page)
  describe.concurrent(page, () => {
    for (const sample of own.filter(({ kind }) => kind !== 'shell')) {
      test(`line ${sample.line} (${sample.name ?? sample.kind})`, { timeout: 60_000 }, async () => {
        expect(workshop.typeErrors(sample)).toEqual([])
        if (sample.kind === 'run') await workshop.run(sample)
      })
    }
    const commands = own.filter(({ kind }) => kind === 'shell')
    if (commands.length === 0) return
    // One after the other: they share a folder.
    test(`commands (${commands.map(({ line }) => `line ${line}`).join(', ')})`, {
      timeout: 60_000,
    }, async () => {
      for (const sample of commands) await workshop.runCommands(sample)
    })
  })
}
