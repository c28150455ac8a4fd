import { describe, expect, test } from 'vitest'
import type { Job } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { Scene } from './scene.ts'

describe('middleware', () => {
  test('wraps every run, the first one outermost', async () => {
    const order: string[] = []
    const wrap = (name: string) => ({
      run: async (job: Job, input: unknown, next: (input: unknown) => Promise<unknown>) => {
        order.push(`${name} in ${job.task}`)
        const output = await next({ ...(input as object), [name]: true })
        order.push(`${name} out`)
        return { ...(output as object), [`${name}Saw`]: true }
      },
    })
    const echo = task('echo', { run: (input: object) => input })
    const scene = new Scene({
      tasks: [echo],
      middleware: [wrap('a'), { enqueue: async (call, next) => next(call) }, wrap('b')],
    })
    const id = await scene.enqueue('echo', { start: true })
    await scene.runAll()
    expect(order).toEqual(['a in echo', 'b in echo', 'b out', 'a out'])
    expect(JSON.parse((await scene.get(id)).result ?? '')).toEqual({
      start: true,
      a: true,
      b: true,
      aSaw: true,
      bSaw: true,
    })
  })

  test('what it throws is the attempt’s error, and next() runs the handler once', async () => {
    let ran = 0
    const counts = task('counts', {
      run: () => {
        ran += 1
      },
    })
    const scene = new Scene({
      tasks: [counts],
      middleware: [
        {
          run: async (_, input, next) => {
            await next(input)
            await next(input)
          },
        },
      ],
    })
    const id = await scene.enqueue('counts', undefined, { maxAttempts: 1 })
    await scene.runAll()
    expect(ran).toBe(1)
    expect((await scene.get(id)).error?.message).toContain('next() twice')
  })
})
