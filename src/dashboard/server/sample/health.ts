/**
 * Whether things are well, and why not.
 * @module
 */
import type { Health, Level, Reason } from '../../protocol.ts'
import type { History } from './history.ts'
import { type Sample, waitingOf } from './sample.ts'
import type { Look } from './sampler.ts'

const LONG_WAIT_MS = 5 * 60_000
const FAILURE_WINDOW_MS = 10 * 60_000
const FEW_ENDS = 10
const MANY_FAILURES = 0.1
const ORDER: readonly Level[] = ['bad', 'warn', 'note', 'good']
const NAMED = 3

/** The verdict. */
export function judge(look: Look, history: History): Health {
  const { sample } = look
  const reasons = [
    ...storeReasons(look),
    ...workerReasons(sample),
    ...queueReasons(sample),
    ...failureReasons(sample, history),
  ].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level))
  const level = reasons[0]?.level ?? 'good'
  return { level, headline: headlineOf(level, sample), reasons }
}

function headlineOf(level: Level, sample: Sample): string {
  if (level === 'bad') return 'Something needs attention'
  if (level === 'warn') return 'Worth a look'
  const busy = sample.totals.active > 0 || sample.totals.pending > 0
  return busy ? 'All is well' : 'All is quiet'
}

function storeReasons({ trouble }: Look): Reason[] {
  if (trouble === null) return []
  return [{ level: 'bad', text: `The store does not answer: ${trouble.message}`, href: '/' }]
}

function workerReasons({ workers, totals, at }: Sample): Reason[] {
  const reasons: Reason[] = []
  const wanted = totals.pending + totals.retrying + totals.scheduled
  if (workers.length === 0) {
    if (totals.pending > 0 || totals.active > 0) {
      reasons.push({
        level: 'bad',
        text: 'No worker is running, and jobs wait. Start one with `millrace work`.',
        href: '/workers',
      })
    } else if (wanted > 0) {
      reasons.push({
        level: 'warn',
        text: 'No worker is running for the jobs that are due later.',
        href: '/workers',
      })
    }
    return reasons
  }
  const late = workers.filter((worker) => isLate(worker, at))
  if (late.length > 0) {
    const names = late.map(({ id }) => id)
    reasons.push({
      level: 'warn',
      text: `No word of ${named(names)} for most of the lease.`,
      href: '/workers',
    })
  }
  if (workers.every(({ quiet }) => quiet) && wanted > 0) {
    reasons.push({ level: 'warn', text: 'Every worker is quiet: none takes on new jobs.', href: '/workers' })
  }
  return reasons
}

/** True once two thirds of the lease have gone by without a heartbeat. */
export function isLate(
  worker: { readonly seenAt: number; readonly leaseUntil: number },
  now: number,
): boolean {
  return now - worker.seenAt > ((worker.leaseUntil - worker.seenAt) * 2) / 3
}

function queueReasons({ queues, workers, at }: Sample): Reason[] {
  const reasons: Reason[] = []
  const served = new Set(workers.flatMap((worker) => worker.queues))
  const held = [...queues]
    .filter(([, queue]) => queue.paused && waitingOf(queue.counts) > 0)
    .map(([name]) => name)
  if (held.length > 0) {
    reasons.push({ level: 'warn', text: `Jobs wait in ${named(held)}, paused.`, href: '/queues' })
  }
  const lonely = [...queues].filter(
    ([name, queue]) => !queue.paused && queue.counts.pending > 0 && !served.has(name),
  )
  if (lonely.length > 0 && workers.length > 0) {
    const names = lonely.map(([name]) => name)
    reasons.push({
      level: 'bad',
      text: `Jobs wait in ${named(names)}, which no worker serves.`,
      href: '/queues',
    })
  }
  const slow = [...queues].filter(
    ([, queue]) => !queue.paused && queue.oldestDueAt !== null && at - queue.oldestDueAt > LONG_WAIT_MS,
  )
  if (slow.length > 0) {
    const minutes = Math.floor((at - Math.min(...slow.map(([, queue]) => queue.oldestDueAt ?? at))) / 60_000)
    const names = slow.map(([name]) => name)
    const text = `Jobs in ${named(names)} have waited for ${minutes} minutes. More workers or slots would help.`
    reasons.push({ level: 'warn', text, href: '/queues' })
  }
  return reasons
}

function failureReasons({ totals }: Sample, history: History): Reason[] {
  const { succeeded, failed } = history.endedWithin(FAILURE_WINDOW_MS)
  const ended = succeeded + failed
  if (ended >= FEW_ENDS && failed / ended > MANY_FAILURES) {
    const percent = Math.round((failed / ended) * 100)
    const text = `${percent} % of the jobs that ended in the last ten minutes failed for good.`
    return [{ level: 'bad', text, href: '/failures' }]
  }
  if (totals.failed === 0) return []
  const text = `${totals.failed.toLocaleString('en')} failed ${totals.failed === 1 ? 'job waits' : 'jobs wait'} for a decision.`
  return [{ level: 'note', text, href: '/failures' }]
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).join(', ')
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown
}
