import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { newFile } from '../sqlite/store.ts'
import { block, makeApp } from './app.ts'
import { journal, startWorker } from './processes.ts'

test('a handler that blocks the event loop for three lease times keeps its lease and is not run twice', async () => {
  const file = newFile()
  const app = makeApp(file)
  onTestFinished(() => app.close())
  await startWorker(file)
  const receipt = await app.enqueue(block, { ms: 3500 })
  while (!journalHas(file, receipt.id)) await sleep(20)
  // A second worker, which would rescue the job if it could.
  await startWorker(file)
  expect(await app.result(receipt)).toEqual({ attempt: 1 })
  expect(await app.get(receipt.id)).toMatchObject({ state: 'succeeded', attempt: 1, lost: 0 })
  expect(journal(file, 'started').get(receipt.id)).toBe(1)
})

function journalHas(file: string, id: string): boolean {
  try {
    return journal(file, 'started').has(id)
  } catch {
    return false
  }
}
