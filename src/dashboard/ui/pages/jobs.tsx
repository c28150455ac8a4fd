/**
 * Page `jobs`: searching, and changing many at once.
 * @module
 */
import { allows, type Frame, type JobQuery, type JobRow, type JobsPage, STATES } from '../../protocol.ts'
import { duration, short } from '../format.ts'
import { Proof } from '../parts/act.tsx'
import { Bar, Empty, JobLink, PageHead, StateBadge, When } from '../parts/bits.tsx'
import { Icon } from '../parts/icon.tsx'

/** The list with its filters. */
export function JobsView({ frame, page, address }: { frame: Frame; page: JobsPage; address: string }) {
  const { query } = page
  return (
    <>
      <PageHead title="Jobs" />
      <Search frame={frame} page={page} />
      <nav class="tabs" aria-label="States">
        <Tab
          frame={frame}
          query={query}
          state={null}
          count={STATES.reduce((sum, state) => sum + page.counts[state], 0)}
        />
        {STATES.map((state) => (
          <Tab frame={frame} query={query} state={state} count={page.counts[state]} />
        ))}
      </nav>
      {page.jobs.length === 0 ? (
        <Nothing frame={frame} query={query} />
      ) : (
        <List frame={frame} page={page} address={address} />
      )}
    </>
  )
}

function Search({ frame, page }: { frame: Frame; page: JobsPage }) {
  const { query } = page
  return (
    <search>
      <form class="search" method="get" action={`${frame.base}/jobs`}>
        {query.state.length > 0 && <input type="hidden" name="state" value={query.state.join(',')} />}
        <label class="grow">
          <span class="hidden">Search in id, task, input and error</span>
          <Icon name="search" />
          <input
            type="search"
            name="q"
            id="search"
            value={query.text}
            placeholder="Search in id, task, input and error"
            maxlength={256}
          />
        </label>
        <label>
          <span class="hidden">Queue</span>
          <select name="queue" data-submit>
            <option value="">All queues</option>
            {known(page.queues, query.queue).map((name) => (
              <option value={name} selected={name === query.queue}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="hidden">Task</span>
          <input name="task" list="tasks" value={query.task} placeholder="Task" maxlength={128} />
          <datalist id="tasks">
            {page.tasks.map((name) => (
              <option value={name} />
            ))}
          </datalist>
        </label>
        <label>
          <span class="hidden">Tag</span>
          <input name="tag" value={query.tag} placeholder="Tag" maxlength={100} />
        </label>
        <button type="submit" class="button plain">
          Search
        </button>
      </form>
    </search>
  )
}

function known(names: readonly string[], chosen: string): readonly string[] {
  return chosen === '' || names.includes(chosen) ? names : [...names, chosen]
}

function Tab({
  frame,
  query,
  state,
  count,
}: {
  frame: Frame
  query: JobQuery
  state: (typeof STATES)[number] | null
  count: number
}) {
  const active = state === null ? query.state.length === 0 : query.state.includes(state)
  const href = addressOf(frame, { ...query, state: state === null ? [] : [state], after: null })
  return (
    <a href={href} aria-current={active ? 'true' : undefined} class={count === 0 ? 'quiet' : undefined}>
      {state ?? 'all'} <span class="count">{short(count)}</span>
    </a>
  )
}

/** The address of a list. */
function addressOf(frame: Frame, query: JobQuery): string {
  const params = new URLSearchParams()
  if (query.state.length > 0) params.set('state', query.state.join(','))
  if (query.queue !== '') params.set('queue', query.queue)
  if (query.task !== '') params.set('task', query.task)
  if (query.tag !== '') params.set('tag', query.tag)
  if (query.text !== '') params.set('q', query.text)
  if (query.order === 'oldest') params.set('order', 'oldest')
  if (query.after !== null) params.set('after', query.after)
  const text = params.toString()
  return `${frame.base}/jobs${text === '' ? '' : `?${text}`}`
}

function Nothing({ frame, query }: { frame: Frame; query: JobQuery }) {
  const narrowed = query.queue !== '' || query.task !== '' || query.tag !== '' || query.text !== ''
  if (narrowed) {
    return (
      <Empty title="No job fits">
        <p>
          Tasks, queues and tags are compared whole; the search finds pieces of ids, inputs and errors.{' '}
          <a href={addressOf(frame, { ...query, queue: '', task: '', tag: '', text: '', after: null })}>
            Clear the filters
          </a>
        </p>
      </Empty>
    )
  }
  const [state] = query.state
  return (
    <Empty title={state === undefined ? 'There are no jobs yet' : `No job is ${state}`}>
      <p>
        {state === 'failed' ? (
          'Jobs that used up their attempts are kept here until somebody decides.'
        ) : (
          <>
            Enqueue one with <code>app.enqueue(task, input)</code> or <code>millrace enqueue</code>.
          </>
        )}
      </p>
    </Empty>
  )
}

function List({ frame, page, address }: { frame: Frame; page: JobsPage; address: string }) {
  const { query, jobs, next } = page
  const back = `/jobs${address === '' ? '' : `?${address}`}`
  const acts = allows(frame.role, 'operate')
  return (
    <form method="post" class="selection" id="selection">
      <Proof frame={frame} back={back} />
      <div class="card table-card">
        <table>
          <thead>
            <tr>
              {acts && (
                <th scope="col" class="check">
                  <input type="checkbox" id="all" aria-label="Choose all on this page" hidden />
                </th>
              )}
              <th scope="col">Task</th>
              <th scope="col">Job</th>
              <th scope="col">Queue</th>
              <th scope="col">State</th>
              <th scope="col" class="figure-cell">
                Attempt
              </th>
              <th scope="col">When</th>
              <th scope="col">Note</th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <Row frame={frame} job={job} acts={acts} query={query} />
            ))}
          </tbody>
        </table>
      </div>
      <footer class="pager">
        <a
          href={addressOf(frame, {
            ...query,
            order: query.order === 'newest' ? 'oldest' : 'newest',
            after: null,
          })}
        >
          {query.order === 'newest' ? 'Oldest first' : 'Newest first'}
        </a>
        <span class="row">
          {query.after !== null && (
            <a class="button plain" href={addressOf(frame, { ...query, after: null })}>
              First page
            </a>
          )}
          {next !== null && (
            <a class="button plain" rel="next" href={addressOf(frame, { ...query, after: next })}>
              Next page
            </a>
          )}
        </span>
      </footer>
      {acts && <Bulk frame={frame} address={address} more={next !== null || query.after !== null} />}
    </form>
  )
}

function Row({ frame, job, acts, query }: { frame: Frame; job: JobRow; acts: boolean; query: JobQuery }) {
  return (
    <tr id={`job-${job.id}`} data-href={`${frame.base}/jobs/${encodeURIComponent(job.id)}`}>
      {acts && (
        <td class="check">
          <input
            type="checkbox"
            name="id"
            value={job.id}
            id={`check-${job.id}`}
            aria-label={`Choose ${job.task} ${job.id}`}
          />
        </td>
      )}
      <th scope="row" class="nowrap">
        <JobLink frame={frame} id={job.id}>
          {job.task}
        </JobLink>
        {job.tags.map((tag) => (
          <a class="tag" href={addressOf(frame, { ...query, tag, after: null })}>
            {tag}
          </a>
        ))}
      </th>
      <td class="nowrap">
        <JobLink frame={frame} id={job.id} />
      </td>
      <td>{job.queue}</td>
      <td>
        <StateBadge state={job.state} />
      </td>
      <td class="figure-cell">
        {job.attempt}
        <span class="quiet"> / {job.maxAttempts}</span>
      </td>
      <td class="nowrap">
        <JobTime job={job} now={frame.now} />
      </td>
      <td class="note-cell">
        {job.percent === null ? (
          <span class="clip">{job.note}</span>
        ) : (
          <span class="row">
            <Bar part={job.percent} whole={100} /> {Math.round(job.percent)} %
          </span>
        )}
      </td>
    </tr>
  )
}

/** The time that matters in the job's state. */
function JobTime({ job, now }: { job: JobRow; now: number }) {
  if (job.state === 'scheduled' || job.state === 'retrying') return <When at={job.dueAt} now={now} />
  if (job.finishedAt !== null) {
    const ran = job.startedAt === null ? null : job.finishedAt - job.startedAt
    return (
      <>
        <When at={job.finishedAt} now={now} />
        {ran !== null && <span class="quiet"> · {duration(ran)}</span>}
      </>
    )
  }
  return <When at={job.state === 'active' ? job.startedAt : job.createdAt} now={now} />
}

function Bulk({ frame, address, more }: { frame: Frame; address: string; more: boolean }) {
  return (
    <fieldset class="bulk">
      <legend class="hidden">With the chosen jobs</legend>
      <span class="bulk-text">
        <b id="chosen">Chosen jobs</b>
      </span>
      {more && (
        <label class="check-label">
          <input type="checkbox" name="matching" value={address} id="matching" /> all that match, not only
          these
        </label>
      )}
      <span class="row">
        <button
          type="submit"
          class="button primary"
          formaction={`${frame.base}/do/job.retry`}
          data-confirm-many="Run # again?"
        >
          Run again
        </button>
        <button
          type="submit"
          class="button plain"
          formaction={`${frame.base}/do/job.cancel`}
          data-confirm-many="Cancel #?"
        >
          Cancel
        </button>
        {allows(frame.role, 'admin') && (
          <button
            type="submit"
            class="button danger"
            formaction={`${frame.base}/do/job.delete`}
            data-confirm-many="Delete # with their logs? There is no way back."
          >
            Delete
          </button>
        )}
      </span>
    </fieldset>
  )
}
