/**
 * A page as HTML for people, or its model as JSON for programs.
 * @module
 */
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Frame, PageName } from '../protocol.ts'
import { Layout } from '../ui/layout.tsx'
import { AuditView } from '../ui/pages/audit.tsx'
import { FailuresView } from '../ui/pages/failures.tsx'
import { JobView } from '../ui/pages/job.tsx'
import { JobsView } from '../ui/pages/jobs.tsx'
import { OverviewView } from '../ui/pages/overview.tsx'
import { QueuesView } from '../ui/pages/queues.tsx'
import { ScheduleView } from '../ui/pages/schedule.tsx'
import { SchedulesView } from '../ui/pages/schedules.tsx'
import { WorkersView } from '../ui/pages/workers.tsx'
import { failuresPage } from './pages/failures.ts'
import { jobPage } from './pages/job.ts'
import { jobsPage } from './pages/jobs.ts'
import { overviewPage } from './pages/overview.ts'
import { queuesPage } from './pages/queues.ts'
import { schedulePage } from './pages/schedule.ts'
import { schedulesPage } from './pages/schedules.ts'
import { workersPage } from './pages/workers.ts'
import type { Site } from './site.ts'

/** What a page is made from. */
interface PageRequest {
  readonly params: URLSearchParams
  /** The piece of the address that names a job or a schedule; '' elsewhere. */
  readonly id: string
}

/** A page read and ready to be shown either way. */
interface ReadPage {
  readonly model: unknown
  show(frame: Frame): JSX.Element
}

type Reader = (site: Site, request: PageRequest) => Promise<ReadPage>

/** A page: how it is read, and how it looks. */
function page<Model>(
  active: PageName,
  read: (site: Site, request: PageRequest) => Promise<Model>,
  title: (model: Model) => string,
  view: (frame: Frame, model: Model, request: PageRequest) => JSX.Element,
): Reader {
  return async (site, request) => {
    const model = await read(site, request)
    return {
      model,
      show: (frame) => (
        <Layout frame={frame} active={active} title={title(model)}>
          {view(frame, model, request)}
        </Layout>
      ),
    }
  }
}

/** All pages by their path below the base. */
export const PAGES: Readonly<Record<string, Reader>> = {
  '/': page(
    'overview',
    (site, { params }) => overviewPage(site, params),
    () => 'Overview',
    (frame, model) => <OverviewView frame={frame} page={model} />,
  ),
  '/queues': page(
    'queues',
    (site) => queuesPage(site),
    () => 'Queues',
    (frame, model) => <QueuesView frame={frame} page={model} />,
  ),
  '/jobs': page(
    'jobs',
    (site, { params }) => jobsPage(site, params),
    () => 'Jobs',
    (frame, model, { params }) => <JobsView frame={frame} page={model} address={params.toString()} />,
  ),
  '/jobs/:id': page(
    'jobs',
    (site, { id }) => jobPage(site, id),
    (model) => model.job.task,
    (frame, model) => <JobView frame={frame} page={model} />,
  ),
  '/failures': page(
    'failures',
    (site) => failuresPage(site),
    () => 'Failures',
    (frame, model) => <FailuresView frame={frame} page={model} />,
  ),
  '/schedules': page(
    'schedules',
    (site, { params }) => schedulesPage(site, params),
    () => 'Schedules',
    (frame, model) => <SchedulesView frame={frame} page={model} />,
  ),
  '/schedules/:id': page(
    'schedules',
    (site, { id, params }) => schedulePage(site, id, params),
    (model) => model.schedule.name,
    (frame, model) => <ScheduleView frame={frame} page={model} />,
  ),
  '/workers': page(
    'workers',
    (site) => workersPage(site),
    () => 'Workers',
    (frame, model) => <WorkersView frame={frame} page={model} />,
  ),
  '/audit': page(
    'audit',
    async (site) => ({
      entries: site.audit.entries.map((entry) => ({ ...entry, target: shortTarget(entry.target) })),
    }),
    () => 'Audit',
    (frame, model) => <AuditView frame={frame} page={model} />,
  ),
}

function shortTarget(target: readonly string[]): string {
  const shown = target.slice(0, 3).join(', ')
  return target.length > 3 ? `${shown} and ${target.length - 3} more` : shown
}
