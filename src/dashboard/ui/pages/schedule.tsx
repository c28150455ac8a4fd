/**
 * Page `schedule`: one of them, whole.
 * @module
 */
import type { FiringView, Frame, SchedulePage } from '../../protocol.ts'
import { duration, stamp } from '../format.ts'
import { Empty, Fact, When } from '../parts/bits.tsx'
import { Payload } from '../parts/payload.tsx'
import { FiringResult, ScheduleActs, schedulePath } from '../parts/schedule.tsx'

const SOURCES = { code: 'in code', file: 'in a file', dynamic: 'at run time' } as const

/** Everything about it. */
export function ScheduleView({ frame, page }: { frame: Frame; page: SchedulePage }) {
  const { schedule } = page
  return (
    <>
      <header class="page-head">
        <div>
          <p class="crumbs">
            <a href={`${frame.base}/schedules`}>Schedules</a>
          </p>
          <h1>
            {schedule.name} {schedule.paused && <span class="badge state-blocked">paused</span>}
          </h1>
          <p class="quiet">{schedule.when}</p>
        </div>
        <div class="row">
          <ScheduleActs frame={frame} schedule={schedule} back={schedulePath(schedule.name)} />
        </div>
      </header>
      <div class="columns">
        <div>
          <Firings frame={frame} page={page} />
        </div>
        <div>
          <Facts frame={frame} page={page} />
          <Upcoming frame={frame} page={page} />
          <Payload title="Input" payload={page.input} />
        </div>
      </div>
    </>
  )
}

function Firings({ frame, page }: { frame: Frame; page: SchedulePage }) {
  const path = frame.base + schedulePath(page.schedule.name)
  return (
    <section aria-labelledby="firings">
      <h2 id="firings">Firings</h2>
      {page.firings.length === 0 ? (
        <Empty title="It has not fired yet">
          <p>
            A worker fires it: <code>millrace work</code>. Its jobs will be listed here.
          </p>
        </Empty>
      ) : (
        <div class="card table-card">
          <table>
            <thead>
              <tr>
                <th scope="col">Due</th>
                <th scope="col">What became of it</th>
              </tr>
            </thead>
            <tbody>
              {page.firings.map((firing) => (
                <Firing frame={frame} firing={firing} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {(page.after !== null || page.next !== null) && (
        <footer class="pager">
          {page.after === null ? <span /> : <a href={path}>Latest</a>}
          {page.next !== null && (
            <a class="button plain" rel="next" href={`${path}?after=${encodeURIComponent(page.next)}`}>
              Earlier
            </a>
          )}
        </footer>
      )}
    </section>
  )
}

function Firing({ frame, firing }: { frame: Frame; firing: FiringView }) {
  return (
    <tr
      data-href={
        firing.state === null ? undefined : `${frame.base}/jobs/${encodeURIComponent(firing.jobId ?? '')}`
      }
    >
      <td class="nowrap">
        <When at={firing.dueAt} now={frame.now} />
        <div class="quiet small">{stamp(firing.dueAt)}</div>
      </td>
      <td>
        <FiringResult frame={frame} firing={firing} />
        {firing.manual && <span class="quiet small nowrap"> by hand</span>}
      </td>
    </tr>
  )
}

function Facts({ frame, page }: { frame: Frame; page: SchedulePage }) {
  const { schedule } = page
  const jobs = `${frame.base}/jobs`
  return (
    <section class="card" aria-label="Facts">
      <h2>Facts</h2>
      <dl class="facts">
        <Fact name="Task">
          <a href={`${jobs}?task=${encodeURIComponent(schedule.task)}`}>{schedule.task}</a>
        </Fact>
        <Fact name="Queue">
          <a href={`${jobs}?queue=${encodeURIComponent(schedule.queue)}`}>{schedule.queue}</a>
        </Fact>
        <Fact name="Declared">
          {SOURCES[schedule.source]}
          {schedule.group !== null && <span class="quiet"> · group {schedule.group}</span>}
        </Fact>
        <Fact name="Overlap">
          {schedule.overlap}
          {schedule.held && <span class="tone-warn"> · a firing waits for an earlier job</span>}
        </Fact>
        <Fact name="Missed">{schedule.missed}</Fact>
        {schedule.jitterMs > 0 && <Fact name="Jitter">up to {duration(schedule.jitterMs)}</Fact>}
        <Fact name="Created">
          <When at={schedule.createdAt} now={frame.now} />
        </Fact>
        <Fact name="Changed">
          <When at={schedule.changedAt} now={frame.now} />
        </Fact>
      </dl>
    </section>
  )
}

function Upcoming({ frame, page }: { frame: Frame; page: SchedulePage }) {
  return (
    <section class="card" aria-label="Next times">
      <h2>Next times</h2>
      {page.upcoming.length === 0 ? (
        <p class="quiet">None is left.</p>
      ) : (
        <ol class="timeline">
          {page.upcoming.map((at) => (
            <li class={page.schedule.paused ? 'mark-quiet' : 'mark-next'}>
              <When at={at} now={frame.now} /> <span class="quiet small">{stamp(at)}</span>
            </li>
          ))}
        </ol>
      )}
      {page.schedule.paused && <p class="quiet small">Paused: none of these fires until it is resumed.</p>}
    </section>
  )
}
