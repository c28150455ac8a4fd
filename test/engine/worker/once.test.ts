import { describe, expect, test } from 'vitest'
import { OnceInterruptedError, UnsupportedFacetError } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { newJob, Scene } from './scene.ts'

describe('job.once', () => {
  test('runs its effect once over all attempts, and answers the stored value', async () => {
    let effects = 0
    const values: unknown[] = []
    const pays = task('pays', {
      retry: { delay: 0 },
      run: async (_: undefined, job) => {
        const charge = async () => {
          effects += 1
          return { charge: effects }
        }
        values.push(await job.once('charge', charge))
        values.push(await job.once('nothing', () => undefined))
        if (job.attempt < 3) throw new Error('later on')
      },
    })
    const scene = new Scene({ tasks: [pays] })
    const id = await scene.enqueue('pays')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', attempt: 3 })
    expect(effects).toBe(1)
    expect(values).toEqual([{ charge: 1 }, undefined, { charge: 1 }, undefined, { charge: 1 }, undefined])
  })

  test('an effect that throws has not happened', async () => {
    let tries = 0
    const pays = task('pays', {
      retry: { delay: 0 },
      run: async (_: undefined, job) =>
        job.once('charge', () => {
          tries += 1
          if (tries === 1) throw new Error('declined')
          return tries
        }),
    })
    const scene = new Scene({ tasks: [pays] })
    const id = await scene.enqueue('pays')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', result: '2' })
  })

  test('two calls with one key in one attempt share one run', async () => {
    let effects = 0
    const pays = task('pays', {
      run: async (_: undefined, job) => {
        const effect = async () => {
          effects += 1
          return effects
        }
        return Promise.all([job.once('a', effect), job.once('a', effect)])
      },
    })
    const scene = new Scene({ tasks: [pays] })
    const id = await scene.enqueue('pays')
    await scene.runAll()
    expect(effects).toBe(1)
    expect(await scene.get(id)).toMatchObject({ result: '[1,1]' })
  })

  test('after an interruption nobody knows, unless a second run is harmless', async () => {
    const errors: unknown[] = []
    let reran = 0
    const pays = task('pays', {
      run: async (mode: 'throw' | 'rerun', job) => {
        if (job.attempt === 1) {
          // As if the process died inside the block: it never ends.
          void job.once('charge', () => new Promise(() => undefined))
          throw new Error('crash')
        }
        await job
          .once('charge', () => void reran++, { onInterrupt: mode })
          .catch((error: unknown) => void errors.push(error))
      },
    })
    const scene = new Scene({ tasks: [pays] })
    const rule = { backoff: 'fixed', delayMs: 0, maxDelayMs: 0, jitter: false } as const
    await scene.enqueueMany([
      newJob('pays', 'throw', { retry: rule }),
      newJob('pays', 'rerun', { retry: rule }),
    ])
    await scene.runAll()
    expect(errors).toHaveLength(1)
    expect(errors[0]).toBeInstanceOf(OnceInterruptedError)
    expect(reran).toBe(1)
  })

  test('an interruption that the handler does not catch fails the job at once', async () => {
    const pays = task('pays', {
      run: async (_: undefined, job) => {
        if (job.attempt > 1) return job.once('charge', () => 'again')
        void job.once('charge', () => new Promise(() => undefined))
        throw new Error('crash')
      },
    })
    const scene = new Scene({ tasks: [pays] })
    const rule = { backoff: 'fixed', delayMs: 0, maxDelayMs: 0, jitter: false } as const
    const id = await scene.enqueue('pays', undefined, { maxAttempts: 10, retry: rule })
    await scene.runAll()
    const error = expect.objectContaining({ code: 'once-interrupted' })
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'discarded', attempt: 2, error })
  })

  test('needs a backend that remembers', async () => {
    let error: unknown
    const pays = task('pays', {
      run: async (_: undefined, job) =>
        job
          .once('charge', () => 1)
          .catch((caught: unknown) => {
            error = caught
          }),
    })
    const scene = new Scene({
      tasks: [pays],
      wrap: ({ checkpoints: _, ...backend }) => ({ ...backend, name: 'plain' }),
    })
    await scene.enqueue('pays')
    await scene.runAll()
    expect(error).toBeInstanceOf(UnsupportedFacetError)
    expect((error as Error).message).toContain("'plain'")
  })
})
