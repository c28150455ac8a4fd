/**
 * The demo: a web application, two workers, real work, and a worker that is killed in the middle of it.
 * `--serve` leaves everything running until Ctrl-C.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SingleBar } from 'cli-progress'
import type { Millrace } from 'millrace'
import { runChecks } from './checks.ts'
import { sourceRows } from './cities.ts'
import { allJobs, figures, table } from './report.ts'
import { startFlakyApi } from './servers/flaky-api.ts'
import { startMailServer } from './servers/smtp.ts'
import { type DemoSettings, toEnvironment } from './settings.ts'
import { startWebApp } from './web.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

const SUBSCRIBERS = Array.from({ length: 12 }, (_, index) => `reader-${index + 1}@example.com`)
/** Far more than the minute it takes: a busy machine is no failure. */
const DEADLINE_MS = 300_000
const cleanUps: (() => unknown)[] = []
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

async function main(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-demo-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'thumbnails'))
  const mail = await startMailServer()
  cleanUps.push(() => mail.stop())
  const api = await startFlakyApi()
  cleanUps.push(() => api.stop())
  const settings: DemoSettings = { folder, smtpPort: mail.port, apiUrl: api.url }
  const environment = toEnvironment(settings)
  Object.assign(process.env, environment)

  // Only now, since it reads the settings.
  const { default: app } = await import('./millrace.config.ts')
  await app.migrate()
  cleanUps.push(() => app.close())
  const web = await startWebApp(app)
  cleanUps.push(() => web.stop())
  say(`The web application listens on ${web.url}; jobs are in ${join(folder, 'demo.db')}`)
  const workers = [startWorker(environment), startWorker(environment)]
  cleanUps.push(() => Promise.all(workers.map((worker) => stop(worker))))
  say(`Two workers run: processes ${workers.map(({ pid }) => pid).join(' and ')}`)

  const started = Date.now()
  const post = (path: string, content: unknown = null): Promise<Response> =>
    fetch(web.url + path, { method: 'POST', body: JSON.stringify(content) })
  await Promise.all([post('/imports'), post('/thumbnails'), post('/rates')])
  say('Somebody asked for an import, thumbnails and fresh rates\n')
  await importWithKill(app, workers[0] as WorkerProcess)
  await settled(app)
  await post('/reports', SUBSCRIBERS)
  say('The import is done. Somebody asked for the report')
  await settled(app)
  const seconds = (Date.now() - started) / 1000

  const jobs = await allJobs(app)
  say(`\n${table(figures(jobs))}\n`)
  say(`${jobs.length} jobs in ${seconds.toFixed(1)} s: ${(jobs.length / seconds).toFixed(1)} jobs/s\n`)
  const checks = await runChecks({ folder, jobs, subscribers: SUBSCRIBERS, mails: mail.received })
  for (const { what, passed } of checks) say(`${passed ? '✓' : '✗'} ${what}`)
  if (process.argv.includes('--serve')) await serve(web.url)
  return checks.every(({ passed }) => passed)
}

/** Follows the import, and kills the worker without warning when it is a third through. */
async function importWithKill(app: Millrace, victim: WorkerProcess): Promise<void> {
  const { countCities } = await import('./database.ts')
  const total = (await sourceRows()).length
  const bar = new SingleBar({
    format: 'Importing cities {bar} {percentage} %  {value} rows',
    noTTYOutput: false,
    clearOnComplete: false,
  })
  bar.start(total, 0)
  const until = Date.now() + DEADLINE_MS
  let killed = false
  while (countCities() < total) {
    if (Date.now() > until)
      throw new Error(`The import did not finish in time: ${countCities()} of ${total} rows`)
    await sleep(50)
    bar.update(countCities())
    if (!killed && countCities() > total / 3) killed = await killWhileBusy(app, victim, bar)
  }
  bar.update(total)
  bar.stop()
  say('')
}

/** Freezes the worker first, to be sure that it holds jobs in the very moment it dies. */
async function killWhileBusy(app: Millrace, victim: WorkerProcess, bar: SingleBar): Promise<boolean> {
  victim.kill('SIGSTOP')
  const worker = (await app.workers()).find(({ pid }) => pid === victim.pid)
  const { jobs } = await app.list({ states: ['active'] }, { limit: 1000 })
  const held = jobs.filter((job) => worker !== undefined && job.worker === worker.id)
  if (held.length === 0) {
    victim.kill('SIGCONT')
    return false
  }
  victim.kill('SIGKILL')
  bar.stop()
  say(
    `\nWorker ${victim.pid} was killed with SIGKILL while it held ${held.length} jobs; the other one takes over`,
  )
  bar.start(bar.getTotal(), 0)
  return true
}

/** Waits until nothing waits or runs any more. */
async function settled(app: Millrace): Promise<void> {
  const until = Date.now() + DEADLINE_MS
  for (;;) {
    const counts = await app.queues.counts()
    const open = counts.filter(({ state }) => !['succeeded', 'failed', 'cancelled'].includes(state))
    if (open.length === 0) return
    if (Date.now() > until) {
      throw new Error(
        `Not finished in time: ${open.map(({ queue, state, count }) => `${count} ${state} in ${queue}`).join(', ')}`,
      )
    }
    await sleep(50)
  }
}

async function stop(worker: WorkerProcess): Promise<void> {
  worker.kill('SIGTERM')
  await worker.exited
}

async function serve(url: string): Promise<void> {
  say(`\nEverything stays up: open ${url}, or press Ctrl-C to end`)
  await new Promise<void>((resolve) => process.once('SIGINT', resolve))
}

let passed = false
process.once('SIGTERM', () => process.exit(143))
try {
  passed = await main()
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.stack : String(error)}\n`)
} finally {
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
}
process.exitCode = passed ? 0 : 1
say(passed ? '\nAll is well.' : '\nSomething is missing, see above.')
