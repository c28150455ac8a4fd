import { describe, expect, test } from 'vitest'
import { exchangeRequest } from '../../../src/conformance/request.ts'
import type { Backend, Settlement, StoreTransaction } from '../../../src/contract/index.ts'
import { task } from '../../../src/engine/task.ts'
import { Scene } from './scene.ts'

/** A user's own connection. */
interface Connection {
  commit: () => Promise<void>
}

describe('job.in', () => {
  /** A store whose transactions are kept back until they commit. */
  function withTransactions(backend: Backend, connection: Connection): Backend {
    return {
      ...backend,
      transaction: {
        join: () => {
          const kept: Settlement[] = []
          connection.commit = async () => {
            await backend.exchange(exchangeRequest({ workerId: 'nobody', settle: kept }))
          }
          const settle = async (list: readonly Settlement[]) => {
            kept.push(...list)
            return []
          }
          return { settle } as unknown as StoreTransaction
        },
        run: async () => {
          throw new Error('not here')
        },
        committed: () => undefined,
      },
    }
  }

  test('success commits with the handler’s own writes', async () => {
    const connection: Connection = { commit: () => Promise.resolve() }
    const writes = task('writes', {
      run: async (_: undefined, job) => {
        await job.in(connection).succeed({ wrote: true })
        await connection.commit()
        return 'ignored'
      },
    })
    const scene = new Scene({ tasks: [writes], wrap: (backend) => withTransactions(backend, connection) })
    scene.watch('job:succeeded', 'job:lease-lost', 'job:retrying')
    const id = await scene.enqueue('writes')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', result: '{"wrote":true}' })
    expect(scene.seen.map(({ name }) => name)).toEqual(['job:succeeded'])
  })

  test.each([
    ['throws', new Error('rolled back'), 'rolled back'],
    ['says nothing of it', null, 'did not commit'],
  ])('after a rollback the attempt has failed: the handler %s', async (_, error, message) => {
    const connection: Connection = { commit: () => Promise.resolve() }
    const writes = task('writes', {
      run: async (_input: undefined, job) => {
        await job.in(connection).succeed('x')
        if (error !== null) throw error
      },
    })
    const scene = new Scene({ tasks: [writes], wrap: (backend) => withTransactions(backend, connection) })
    scene.watch('job:succeeded', 'job:lease-lost', 'job:retrying')
    const id = await scene.enqueue('writes')
    await scene.runAll()
    const job = await scene.get(id)
    expect(job.state).toBe('retrying')
    expect(job.error?.message).toContain(message)
    expect(scene.seen.map(({ name }) => name)).toEqual(['job:retrying'])
  })
})
