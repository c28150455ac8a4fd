/**
 * `millrace work` and `enqueue` as processes: draining, signals, several processes, JSON lines.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { makeFolder, makeProject, makeStore, newJob } from './folder.ts'
import { here, jsonLines, run, start } from './run.ts'

async function show(folder: string, id: string): Promise<Record<string, unknown>> {
  const { stdout } = await here(['jobs', 'show', id, '--backend', `sqlite:${folder}/jobs.db`, '--json'])
  return JSON.parse(stdout) as Record<string, unknown>
}

describe('work --drain', () => {
  it('runs what there is, says how many are left, and ends', async () => {
    const folder = makeProject()
    await makeStore(folder, [newJob('a'), newJob('b'), newJob('later', { delayMs: 3_600_000 })])
    const { code, stdout, stderr } = await run(['work', '--drain', '--verbose'], { cwd: folder })
    expect({ code, stdout }).toMatchObject({ code: 0 })
    expect(stdout).toMatch(/^millrace \d+\.\d+\.\d+ .*millrace.config.mjs .*jobs.db.* 3 tasks\n/)
    expect(stdout).toMatch(/done +greet a in/)
    expect(stderr).toContain('1 job left')
    expect(stdout).toMatch(/\n2 jobs succeeded, 0 failed\.\n$/)
    expect(stdout).not.toContain('\u001b[')
    expect(readFileSync(join(folder, 'ran.txt'), 'utf8').trim().split('\n').sort()).toEqual(['a', 'b'])
    expect(await show(folder, 'a')).toMatchObject({
      state: 'succeeded',
      output: { hello: 'Ada' },
      logs: [{ message: 'greeting' }],
    })
  })

  it('ends with 1 where a job failed for good, and shows it whole', async () => {
    const folder = makeProject()
    await makeStore(folder, [newJob('x', { task: 'fail', queue: 'bad', maxAttempts: 1 })])
    const { code, stdout } = await run(['work', '--once', '--json'], { cwd: folder })
    expect(code).toBe(1)
    const lines = jsonLines(stdout)
    expect(lines[0]).toMatchObject({ event: 'command:started', tasks: ['greet', 'fail', 'slow'] })
    expect(lines.find((line) => line.event === 'job:failed')).toMatchObject({
      id: 'x',
      error: { message: 'it broke' },
    })
    const text = await here(['jobs', 'show', 'x', '--backend', `sqlite:${folder}/jobs.db`])
    expect(text.stdout).toMatch(/Error: it broke[\s\S]*caused by Error: the reason/)
    const { checks } = JSON.parse(
      (await here(['doctor', '--backend', `sqlite:${folder}/jobs.db`, '--json'])).stdout,
    ) as { checks: unknown[] }
    expect(checks.length).toBeGreaterThan(5)
  })

  it('parks what it does not know, visibly', async () => {
    const folder = makeProject()
    await makeStore(folder, [newJob('u', { task: 'gone' })])
    const { stdout } = await run(['work', '--drain'], { cwd: folder })
    expect(stdout).toMatch(/failed +gone u .*unknown-task/)
    const doctor = await here(['doctor', '--backend', `sqlite:${folder}/jobs.db`])
    expect(doctor.stdout).toMatch(/warn {2}parked .*gone/)
  })

  it('says where the config is wrong', async () => {
    expect((await run(['work'], { cwd: makeFolder() })).code).toBe(1)
    for (const more of [[], ['--processes', '2']]) {
      const slip = await run(['work', '--config', 'nofile.ts', ...more], { cwd: makeFolder() })
      expect(slip).toMatchObject({ code: 3, stderr: expect.stringMatching(/no file .*nofile\.ts/) })
    }
    const typo = makeProject({ 'millrace.config.ts': 'export default mill(' })
    expect((await run(['work'], { cwd: typo })).stderr).toMatch(/^error: Syntax error in .*:\d+.*\n$/)
    const several = await run(['work', '--processes', '2'], { cwd: makeFolder() })
    expect(several).toMatchObject({ code: 1, stderr: expect.stringContaining('No configuration was found') })
  })
})

describe('remarks on what looks like a slip', () => {
  it('work: a queue that no task names and that holds no jobs', async () => {
    const folder = makeProject()
    await makeStore(folder, [newJob('a', { queue: 'unnamed' })])
    const vain = await run(['work', '--drain', '--queues', 'default,bda,unnamed'], { cwd: folder })
    expect(vain.stderr).toContain('no task names the queue bda, and it holds no jobs. Did you mean bad?')
    expect(vain.stderr).not.toMatch(/queue (default|unnamed)/)
    expect((await run(['work', '--drain'], { cwd: folder })).stderr).not.toContain('no task names')
  })

  it('enqueue: a store that only this process sees, and a paused queue', async () => {
    const folder = makeProject()
    const memory = await run(['enqueue', 'greet'], { cwd: folder, env: { STORE: 'memory:' } })
    expect(memory).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing keeps the job') })
    expect((await run(['enqueue', 'greet'], { cwd: folder })).stderr).toBe('')
    await here(['queues', 'pause', 'slow', '--backend', `sqlite:${folder}/jobs.db`])
    const paused = await run(['enqueue', 'slow', '{"ms":1}', '--wait', '--timeout', '50ms'], { cwd: folder })
    expect(paused).toMatchObject({ code: 1, stderr: expect.stringContaining('the queue slow is paused') })
  })

  it('jobs list: a task that the config does not have', async () => {
    const folder = makeProject()
    const { code, stdout, stderr } = await run(['jobs', 'list', '--task', 'gret'], { cwd: folder })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'No jobs.\n' })
    expect(stderr).toContain('Did you mean greet?')
    expect((await run(['jobs', 'list', '--task', 'greet'], { cwd: folder })).stderr).toBe('')
  })
})

describe('signals', () => {
  it('SIGTERM waits for what runs and ends with 0', async () => {
    const folder = makeProject()
    await makeStore(folder, [newJob('s', { task: 'slow', queue: 'slow', payload: '{"ms":1500}' })])
    const worker = start(['work', '--verbose'], { cwd: folder })
    await worker.sees(/running +slow s/)
    worker.child.kill('SIGTERM')
    const { code, stdout } = await worker.ended
    expect(stdout).toMatch(/SIGTERM: stopping, waiting for 1 running attempt\./)
    expect(code).toBe(0)
    expect(await show(folder, 's')).toMatchObject({ state: 'succeeded', output: 'rested', attempt: 1 })
  })

  it('gives back what outlasts the grace time', async () => {
    const folder = makeProject()
    await makeStore(folder, [newJob('s', { task: 'slow', queue: 'slow', payload: '{"ms":20000}' })])
    const worker = start(['work', '--verbose', '--grace', '200ms', '--json'], { cwd: folder })
    await worker.sees(/job:started/)
    worker.child.kill('SIGINT')
    const { code, stdout } = await worker.ended
    expect(code).toBe(0)
    expect(jsonLines(stdout).find((line) => line.event === 'command:stopping')).toMatchObject({
      signal: 'SIGINT',
      busy: 1,
    })
    expect(await show(folder, 's')).toMatchObject({ state: 'pending', attempt: 0 })
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'a second %s ends at once with %i, but not one that follows at once',
    async (signal, expected) => {
      const folder = makeProject()
      await makeStore(folder, [newJob('s', { task: 'slow', queue: 'slow', payload: '{"ms":20000}' })])
      const worker = start(['work', '--verbose'], { cwd: folder })
      await worker.sees(/running +slow s/)
      worker.child.kill(signal)
      await worker.sees(/stopping/)
      worker.child.kill(signal)
      await sleep(700)
      expect(worker.child.exitCode).toBeNull()
      worker.child.kill(signal)
      expect((await worker.ended).code).toBe(expected)
    },
  )
})

describe('work --processes', () => {
  it('shares the jobs, and stops together', async () => {
    const folder = makeProject()
    await makeStore(
      folder,
      Array.from({ length: 40 }, (_, index) => newJob(`j${index}`)),
    )
    const { code, stdout, stderr } = await run(['work', '--processes', '2', '--drain', '--json'], {
      cwd: folder,
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(
      new Set(
        jsonLines(stdout)
          .filter((line) => line.event === 'worker:started')
          .map((line) => line.process),
      ),
    ).toEqual(new Set([1, 2]))
    const ran = readFileSync(join(folder, 'ran.txt'), 'utf8').trim().split('\n')
    expect(ran.sort()).toEqual(Array.from({ length: 40 }, (_, index) => `j${index}`).sort())
  })

  it('is stopped by SIGTERM', async () => {
    const folder = makeProject()
    const supervisor = start(['work', '--processes', '2'], { cwd: folder })
    await supervisor.sees(/process 2 is ready/)
    supervisor.child.kill('SIGTERM')
    expect((await supervisor.ended).code).toBe(0)
  })
})

describe('enqueue', () => {
  it('stores a job with its options', async () => {
    const folder = makeProject()
    const args = [
      'enqueue',
      'greet',
      '{"name":"Bo"}',
      '--delay',
      '1h',
      '--priority',
      '-5',
      '--queue',
      'q',
      '--id',
      'one',
      '--tag',
      'a',
      '--tag',
      'b,c',
    ]
    const { code, stdout } = await run([...args, '--json'], { cwd: folder })
    expect({ code, ...JSON.parse(stdout) }).toEqual({ code: 0, id: 'one', outcome: 'created', task: 'greet' })
    expect(await show(folder, 'one')).toMatchObject({
      state: 'scheduled',
      priority: -5,
      queue: 'q',
      input: { name: 'Bo' },
      tags: ['a', 'b,c'],
    })
    expect((await run(args, { cwd: folder })).stdout).toBe('deduplicated one\n')
  })

  it('keeps a unique key taken', async () => {
    const folder = makeProject()
    const first = await run(['enqueue', 'greet', '{}', '--unique-key', 'k', '--json'], { cwd: folder })
    const second = await run(['enqueue', 'greet', '{"other":1}', '--unique-key', 'k', '--json'], {
      cwd: folder,
    })
    expect(JSON.parse(second.stdout)).toMatchObject({
      id: JSON.parse(first.stdout).id,
      outcome: 'deduplicated',
    })
  })

  it('waits for the output, with the input from standard input', async () => {
    const folder = makeProject()
    const worker = start(['work'], { cwd: folder })
    await worker.sees(/started/)
    const { code, stdout } = await run(['enqueue', 'greet', '-', '--wait', '--timeout', '20s', '--json'], {
      cwd: folder,
      input: '{"name":"Cy"}\n',
    })
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      outcome: 'created',
      result: { hello: 'Cy' },
    })
    const failed = await run(['enqueue', 'fail', '--wait', '--timeout', '20s'], { cwd: folder })
    expect(failed.code).toBe(1)
    expect(failed.stderr).toMatch(/error: [\s\S]*it broke/)
    worker.child.kill('SIGTERM')
    await worker.ended
    const late = await run(['enqueue', 'greet', '--wait', '--timeout', '300ms'], { cwd: folder })
    expect(late.code).toBe(1)
    expect(late.stderr).toContain('no worker is running')
  })

  it('knows a task that was meant', async () => {
    const folder = makeProject()
    const { code, stderr } = await run(['enqueue', 'gret', '{}'], { cwd: folder })
    expect(code).toBe(3)
    expect(stderr).toMatch(/no task "gret" in .*Did you mean greet\?[\s\S]*Tasks are: greet, fail, slow\./)
  })

  it('stores nothing where the input does not fit', async () => {
    const folder = makeProject({
      'millrace.config.mjs': `
        import { millrace, task } from 'millrace'
        const input = { '~standard': { version: 1, vendor: 'test', validate: (value) =>
          typeof value?.to === 'string' ? { value } : { issues: [{ message: 'must be a text', path: ['to'] }] } } }
        export default millrace({ backend: 'sqlite:jobs.db', tasks: [task('mail', { input, run() {} })] })`,
    })
    const { code, stderr } = await run(['enqueue', 'mail', '{"to":1}'], { cwd: folder })
    expect(code).toBe(2)
    expect(stderr).toMatch(/to.*must be a text/)
  })
})
