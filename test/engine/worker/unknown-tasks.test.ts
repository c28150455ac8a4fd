import { describe, expect, test } from 'vitest'
import { task } from '../../../src/engine/task.ts'
import { Scene } from './scene.ts'

describe('tasks that are not known', () => {
  test('park the job with a clear error, and a worker that knows the task runs it', async () => {
    const scene = new Scene({ tasks: [task('send-mail', { run: () => undefined })] }).watch('job:failed')
    const id = await scene.enqueue('send-mial')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'unknown-task', attempt: 0 })
    expect((await scene.get(id)).error?.message).toContain("Did you mean 'send-mail'?")
    expect(scene.events('job:failed')).toMatchObject([{ id, reason: 'unknown-task' }])
    scene.context.registry.add(task('mailer', { aliases: ['send-mial'], run: () => 'sent' }))
    const worker = scene.worker()
    const done = scene.next('job:succeeded')
    await worker.start()
    await done
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded', result: '"sent"', attempt: 1 })
  })

  test('a declaration without a handler is one', async () => {
    const scene = new Scene({ tasks: [task('declared')] })
    const id = await scene.enqueue('declared')
    await scene.runAll()
    expect(await scene.get(id)).toMatchObject({ state: 'failed', reason: 'unknown-task' })
    expect((await scene.get(id)).error?.message).toContain('only declared here')
  })

  test('a task that is registered while the worker runs is found', async () => {
    const scene = new Scene()
    const worker = scene.worker()
    await worker.start()
    scene.context.registry.add(task('late', { run: () => 'here' }))
    const id = await scene.enqueue('late')
    await worker.idle()
    expect(await scene.get(id)).toMatchObject({ state: 'succeeded' })
  })
})
