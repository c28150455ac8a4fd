/**
 * What every page and action works with.
 * @module
 */
import type { Backend } from '../../contract/index.ts'
import type { Frame, PageName } from '../protocol.ts'
import type { Visitor } from './access/guard.ts'
import { Guard } from './access/guard.ts'
import { Signing } from './access/signing.ts'
import { AuditTrail } from './audit.ts'
import { basePathOf, type DashboardApp, type DashboardOptions } from './options.ts'
import { Redactor } from './redact.ts'
import { waitingOf } from './sample/sample.ts'
import { Sampler } from './sample/sampler.ts'
import { SharedReads } from './sample/shared-reads.ts'

const SAMPLE_EVERY_MS = 2_000

/** One dashboard. */
export class Site {
  readonly app: DashboardApp
  readonly base: string
  readonly options: DashboardOptions
  readonly signing: Signing
  readonly guard: Guard
  readonly audit: AuditTrail
  readonly redactor: Redactor
  readonly sampler: Sampler
  readonly reads: SharedReads

  constructor(app: DashboardApp, options: DashboardOptions) {
    const everyMs = options.sampleEveryMs ?? SAMPLE_EVERY_MS
    this.app = app
    this.base = basePathOf(options)
    this.options = options
    this.signing = new Signing(options.secret)
    this.guard = new Guard(options, this.signing)
    this.audit = new AuditTrail(options.onAudit)
    this.redactor = new Redactor(options.redact)
    this.sampler = new Sampler(app, everyMs)
    // A little less than an interval, so that a page that comes with the next look gets new answers.
    this.reads = new SharedReads(everyMs * 0.75)
  }

  /** After a change by hand, the next page shows the truth. */
  changed(): void {
    this.reads.forget()
    this.sampler.expire()
  }

  /** What is around every page. */
  async frame(visitor: Visitor, own: Pick<Frame, 'flash' | 'theme'>): Promise<Frame> {
    const backend = await this.app.ready()
    const { sample, trouble } = await this.sampler.look()
    return {
      base: this.base,
      user: visitor.user,
      role: visitor.role,
      session: visitor.by === 'session',
      csrf: this.guard.csrfToken(visitor),
      now: this.sampler.now(),
      store: backend.name,
      pages: pagesOf(backend),
      waiting: waitingOf(sample.totals),
      failed: sample.totals.failed,
      stale: trouble === null ? null : { since: sample.at, message: trouble.message },
      ...own,
    }
  }
}

function pagesOf(backend: Backend): PageName[] {
  const pages: PageName[] = ['overview', 'queues']
  if (backend.records !== undefined) pages.push('jobs', 'failures')
  if (backend.schedules !== undefined) pages.push('schedules')
  if (backend.control !== undefined) pages.push('workers')
  return [...pages, 'audit']
}
