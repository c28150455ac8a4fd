/**
 * Page `failures`: what goes wrong, by what it is.
 * @module
 */
import { allows, type FailureGroup, type FailuresPage, type Frame } from '../../protocol.ts'
import { many, whole } from '../format.ts'
import { Act } from '../parts/act.tsx'
import { Empty, JobLink, PageHead, Trend, When } from '../parts/bits.tsx'

/** Groups of failures that look alike. */
export function FailuresView({ frame, page }: { frame: Frame; page: FailuresPage }) {
  return (
    <>
      <PageHead title="Failures">
        {page.groups.length > 0 && (
          <p class="quiet">
            {many(page.groups.length, 'kind')} among{' '}
            {page.seen < page.total ? `the latest ${whole(page.seen)} of ` : ''}
            {many(page.total, 'job')}
          </p>
        )}
      </PageHead>
      {page.groups.length === 0 ? (
        <Empty title="Nothing is failing">
          <p>Jobs that fail or wait for another attempt are gathered here by what went wrong.</p>
        </Empty>
      ) : (
        <ul class="groups">
          {page.groups.map((group) => (
            <Group frame={frame} group={group} />
          ))}
        </ul>
      )}
    </>
  )
}

function Group({ frame, group }: { frame: Frame; group: FailureGroup }) {
  const { fingerprint, failed, retrying, trend } = group
  const day = trend.reduce((sum, one) => sum + one, 0)
  return (
    <li class="card group" id={fingerprint}>
      <div class="group-text">
        <p class="group-head">
          <a href={`${frame.base}/jobs?task=${encodeURIComponent(group.task)}&state=failed,retrying`}>
            {group.task}
          </a>
          <b class="tone-bad">{group.name}</b>
        </p>
        <p class="error-message">{group.message}</p>
        <p class="quiet small">
          first <When at={group.firstAt} now={frame.now} />, last <When at={group.lastAt} now={frame.now} /> ·{' '}
          <JobLink frame={frame} id={group.latest}>
            latest job
          </JobLink>
        </p>
      </div>
      <div class="group-trend">
        <Trend values={trend} label={`${many(day, 'failure')} in the last 24 hours`} />
        <span class="quiet small">24 h</span>
      </div>
      <dl class="group-counts">
        <div>
          <dt>failed</dt>
          <dd class={failed > 0 ? 'tone-bad' : 'quiet'}>{whole(failed)}</dd>
        </div>
        <div>
          <dt>retrying</dt>
          <dd class={retrying > 0 ? '' : 'quiet'}>{whole(retrying)}</dd>
        </div>
      </dl>
      {failed > 0 && allows(frame.role, 'operate') && <Acts frame={frame} group={group} />}
    </li>
  )
}

function Acts({ frame, group }: { frame: Frame; group: FailureGroup }) {
  const { fingerprint, failed } = group
  const fields = { fingerprint }
  const jobs = many(failed, 'failed job')
  return (
    <div class="row group-acts">
      <Act
        frame={frame}
        action="job.retry"
        needs="operate"
        fields={fields}
        back="/failures"
        tone="primary"
        confirm={`Run ${jobs} again?`}
        label={`Run again: ${jobs} of ${group.task}`}
      >
        Run again
      </Act>
      <Act
        frame={frame}
        action="job.delete"
        needs="admin"
        fields={fields}
        back="/failures"
        tone="danger"
        confirm={`Delete ${jobs} with their logs? There is no way back.`}
        label={`Delete: ${jobs} of ${group.task}`}
      >
        Delete
      </Act>
    </div>
  )
}
