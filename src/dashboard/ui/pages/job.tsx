/**
 * Page `job`: one job, whole.
 * @module
 */
import type { AttemptView, Frame, JobPage, LogView } from '../../protocol.ts'
import { duration, many, stamp } from '../format.ts'
import { Act } from '../parts/act.tsx'
import { Bar, Fact, StateBadge, When } from '../parts/bits.tsx'
import { ErrorBlock } from '../parts/error.tsx'
import { Payload } from '../parts/payload.tsx'

/** Everything about it. */
export function JobView({ frame, page }: { frame: Frame; page: JobPage }) {
  const { job } = page
  return (
    <>
      <header class="page-head">
        <div>
          <p class="crumbs">
            <a href={`${frame.base}/jobs`}>Jobs</a> /{' '}
            <a href={`${frame.base}/jobs?task=${encodeURIComponent(job.task)}`}>{job.task}</a>
          </p>
          <h1>
            {job.task} <StateBadge state={job.state} />
          </h1>
          <p class="quiet id">
            <code>{job.id}</code>
            <button type="button" class="button plain copy" data-copy={job.id} hidden>
              Copy
            </button>
          </p>
        </div>
        <Acts frame={frame} page={page} />
      </header>
      {job.progress !== null && job.state === 'active' && (
        <div class="card progress">
          <Bar part={job.progress.percent} whole={100} />
          <span>
            {Math.round(job.progress.percent)} %{job.progress.note !== null && ` · ${job.progress.note}`}
          </span>
        </div>
      )}
      {job.error !== null && (
        <section class="card" aria-labelledby="job-error">
          <h2 id="job-error">{job.state === 'failed' ? 'Why it failed' : 'Latest error'}</h2>
          <ErrorBlock error={job.error} />
          {page.fingerprint !== null && (job.state === 'failed' || job.state === 'retrying') && (
            <p>
              <a href={`${frame.base}/failures#${page.fingerprint}`}>Failures like this one</a>
            </p>
          )}
        </section>
      )}
      <div class="columns">
        <div>
          <Payload title="Input" payload={page.input} />
          {page.output !== null && <Payload title="Output" payload={page.output} />}
          {page.meta !== null && <Payload title="Meta" payload={page.meta} />}
          <Code page={page} />
        </div>
        <div>
          <Facts frame={frame} page={page} />
          <Timeline frame={frame} page={page} />
        </div>
      </div>
      <Logs logs={page.logs} />
    </>
  )
}

function Acts({ frame, page }: { frame: Frame; page: JobPage }) {
  const { id, state } = page.job
  const back = `/jobs/${encodeURIComponent(id)}`
  const finished = state === 'succeeded' || state === 'failed' || state === 'cancelled'
  return (
    <div class="row">
      {state !== 'active' && (
        <Act frame={frame} action="job.retry" needs="operate" fields={{ id }} back={back} tone="primary">
          {finished ? 'Run again' : 'Run now'}
        </Act>
      )}
      {!finished && (
        <Act
          frame={frame}
          action="job.cancel"
          needs="operate"
          fields={{ id }}
          back={back}
          confirm={state === 'active' ? 'Ask its worker to abort this job?' : 'Cancel this job?'}
        >
          Cancel
        </Act>
      )}
      {state !== 'active' && (
        <Act
          frame={frame}
          action="job.delete"
          needs="admin"
          fields={{ id }}
          back="/jobs"
          tone="danger"
          confirm="Delete this job with its logs? There is no way back."
        >
          Delete
        </Act>
      )}
    </div>
  )
}

function Facts({ frame, page }: { frame: Frame; page: JobPage }) {
  const { job } = page
  const jobs = `${frame.base}/jobs`
  return (
    <section class="card" aria-label="Facts">
      <h2>Facts</h2>
      <dl class="facts">
        <Fact name="Queue">
          <a href={`${jobs}?queue=${encodeURIComponent(job.queue)}`}>{job.queue}</a>
        </Fact>
        <Fact name="Attempts">
          {job.attempt} of {job.maxAttempts}
          {job.lost > 0 && <span class="tone-warn"> · lost {many(job.lost, 'worker')}</span>}
        </Fact>
        {job.reason !== null && <Fact name="Reason">{job.reason}</Fact>}
        <Fact name="Priority">{job.priority}</Fact>
        <Fact name="Created">
          <When at={job.createdAt} now={frame.now} />
        </Fact>
        <Fact name="Due">
          <When at={job.dueAt} now={frame.now} />
        </Fact>
        {job.startedAt !== null && (
          <Fact name="Started">
            <When at={job.startedAt} now={frame.now} />
          </Fact>
        )}
        {job.finishedAt !== null && (
          <Fact name="Finished">
            <When at={job.finishedAt} now={frame.now} />
          </Fact>
        )}
        {job.expiresAt !== null && (
          <Fact name="Expires">
            <When at={job.expiresAt} now={frame.now} />
          </Fact>
        )}
        {job.timeoutMs !== null && <Fact name="Timeout">{duration(job.timeoutMs)}</Fact>}
        {job.worker !== null && (
          <Fact name="Worker">
            <code class="break">{job.worker}</code>
          </Fact>
        )}
        {job.tags.length > 0 && (
          <Fact name="Tags">
            {job.tags.map((tag) => (
              <a class="tag" href={`${jobs}?tag=${encodeURIComponent(tag)}`}>
                {tag}
              </a>
            ))}
          </Fact>
        )}
        <Fact name="Version of input">{job.version}</Fact>
      </dl>
    </section>
  )
}

function Timeline({ frame, page }: { frame: Frame; page: JobPage }) {
  const { job, attempts } = page
  return (
    <section class="card" aria-label="Timeline">
      <h2>Timeline</h2>
      <ol class="timeline">
        <li class="mark-quiet">
          <b>created</b> <When at={job.createdAt} now={frame.now} />
        </li>
        {attempts.map((attempt, index) => (
          <Attempt frame={frame} attempt={attempt} last={index === attempts.length - 1} />
        ))}
        {job.state === 'retrying' || job.state === 'scheduled' ? (
          <li class="mark-next">
            <b>{job.state === 'retrying' ? 'next attempt' : 'due'}</b> <When at={job.dueAt} now={frame.now} />
          </li>
        ) : null}
        {job.state === 'cancelled' && (
          <li class="mark-quiet">
            <b>cancelled</b> <When at={job.finishedAt} now={frame.now} />
          </li>
        )}
      </ol>
    </section>
  )
}

function Attempt({ frame, attempt, last }: { frame: Frame; attempt: AttemptView; last: boolean }) {
  const { outcome, startedAt, finishedAt, error } = attempt
  return (
    <li class={`mark-${outcome}`}>
      <b>
        attempt {attempt.attempt}: {outcome}
      </b>{' '}
      <When at={startedAt} now={frame.now} />
      {finishedAt !== null && <span class="quiet"> · {duration(finishedAt - startedAt)}</span>}
      {error !== null && !last && (
        <details>
          <summary>
            {error.name}: {error.message.split('\n')[0]}
          </summary>
          <ErrorBlock error={error} />
        </details>
      )}
    </li>
  )
}

function Code({ page }: { page: JobPage }) {
  return (
    <details class="card">
      <summary>
        <h2>As code</h2>
      </summary>
      <Copyable text={page.code} />
      <Copyable text={page.command} />
    </details>
  )
}

function Copyable({ text }: { text: string }) {
  return (
    <div class="copyable">
      <section tabindex={0} aria-label="Code">
        <pre>{text}</pre>
      </section>
      <button type="button" class="button plain copy" data-copy={text} hidden>
        Copy
      </button>
    </div>
  )
}

function Logs({ logs }: { logs: readonly LogView[] }) {
  return (
    <section class="card" aria-labelledby="logs">
      <h2 id="logs">Logs</h2>
      {logs.length === 0 ? (
        <p class="quiet">
          None. What a handler says with <code>job.log.info()</code> is kept with its job.
        </p>
      ) : (
        <ol class="logs">
          {logs.map((line) => (
            <li class={`log-${line.level}`}>
              <time datetime={new Date(line.at).toISOString()} title={stamp(line.at)}>
                {stamp(line.at).slice(11, 19)}
              </time>
              <span class="log-level">{line.level}</span>
              <span class="log-attempt quiet">#{line.attempt}</span>
              <span class="log-text">
                {line.message}
                {line.fields !== null && <code class="log-fields">{JSON.stringify(line.fields)}</code>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
