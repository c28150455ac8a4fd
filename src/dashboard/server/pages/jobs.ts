/**
 * Page `jobs`: a list by state, queue, task, tag and text.
 * @module
 */
import type { JobQuery, JobsPage, StateCounts } from '../../protocol.ts'
import { noJobs, type Sample } from '../sample/sample.ts'
import type { Site } from '../site.ts'
import { filterOf, readQuery } from './job-query.ts'
import { jobRow } from './job-rows.ts'

const PAGE = 50

/** Reads it. */
export async function jobsPage(site: Site, params: URLSearchParams): Promise<JobsPage> {
  const query = readQuery(params)
  const { sample } = await site.sampler.look()
  const counts = countsOf(sample, query)
  const page = await listOf(site, query, counts)
  return {
    query,
    counts,
    ...page,
    queues: [...sample.queues.keys()],
    tasks: site.app.tasks.map(({ name }) => name).sort(),
  }
}

function listOf(site: Site, query: JobQuery, counts: StateCounts): Promise<Pick<JobsPage, 'jobs' | 'next'>> {
  // A state that holds nothing need not be searched, which in a large store would mean to look at every job.
  if (query.state.length > 0 && query.state.every((state) => counts[state] === 0)) {
    return Promise.resolve({ jobs: [], next: null })
  }
  return site.reads.ask(['jobs', query], async () => {
    const { order, after } = query
    const page = await site.app.list(filterOf(query), { limit: PAGE, order, after })
    return { jobs: page.jobs.map(jobRow), next: page.next }
  })
}

function countsOf(sample: Sample, { queue }: JobQuery): StateCounts {
  return queue === '' ? sample.totals : (sample.queues.get(queue)?.counts ?? noJobs())
}
