/**
 * Page `schedules`.
 * @module
 */
import { allows, type Frame, type ScheduleRow, type SchedulesPage } from '../../protocol.ts'
import { Empty, PageHead, When } from '../parts/bits.tsx'
import { FiringResult, ScheduleActs, schedulePath } from '../parts/schedule.tsx'

/** All schedules, with their next and their latest firing. */
export function SchedulesView({ frame, page }: { frame: Frame; page: SchedulesPage }) {
  return (
    <>
      <PageHead title="Schedules" />
      {page.schedules.length === 0 ? <Nothing page={page} /> : <List frame={frame} page={page} />}
      {(page.after !== null || page.next !== null) && (
        <footer class="pager">
          <span />
          <span class="row">
            {page.after !== null && (
              <a class="button plain" href={`${frame.base}/schedules`}>
                First page
              </a>
            )}
            {page.next !== null && (
              <a
                class="button plain"
                rel="next"
                href={`${frame.base}/schedules?after=${encodeURIComponent(page.next)}`}
              >
                Next page
              </a>
            )}
          </span>
        </footer>
      )}
    </>
  )
}

function Nothing({ page }: { page: SchedulesPage }) {
  if (page.after !== null) return <Empty title="There are no more schedules" />
  return (
    <Empty title="There are no schedules yet">
      <p>
        Declare them in <code>millrace.config.ts</code>, as in{' '}
        <code>{"schedules: { nightly: { task: report, cron: '30 2 * * *' } }"}</code>, and start a worker; or
        put one there by hand: <code>millrace schedules put nightly --task report --cron '30 2 * * *'</code>.
      </p>
    </Empty>
  )
}

function List({ frame, page }: { frame: Frame; page: SchedulesPage }) {
  const acts = allows(frame.role, 'operate')
  const back = page.after === null ? '/schedules' : `/schedules?after=${encodeURIComponent(page.after)}`
  return (
    <div class="card table-card">
      <table>
        <thead>
          <tr>
            <th scope="col">Schedule</th>
            <th scope="col">Task</th>
            <th scope="col">Next</th>
            <th scope="col">Latest</th>
            {acts && (
              <th scope="col">
                <span class="hidden">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {page.schedules.map((row) => (
            <Row frame={frame} row={row} acts={acts} back={back} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row(props: { frame: Frame; row: ScheduleRow; acts: boolean; back: string }) {
  const { frame, row, acts, back } = props
  const href = frame.base + schedulePath(row.name)
  return (
    <tr data-href={href} id={`schedule-${row.name}`}>
      <th scope="row">
        <a href={href}>{row.name}</a>
        {row.paused && <span class="badge state-blocked">paused</span>}
        {row.held && <span class="badge state-scheduled">waits</span>}
        <div class="quiet small">{row.when}</div>
      </th>
      <td>
        <a href={`${frame.base}/jobs?task=${encodeURIComponent(row.task)}`}>{row.task}</a>
      </td>
      <td class="nowrap">
        <When at={row.paused ? null : row.nextAt} now={frame.now} />
      </td>
      <td class="nowrap">
        {row.latest === null ? (
          <span class="quiet">–</span>
        ) : (
          <>
            <FiringResult frame={frame} firing={row.latest} />{' '}
            <span class="quiet small">
              <When at={row.latest.dueAt} now={frame.now} />
            </span>
          </>
        )}
      </td>
      {acts && (
        <td class="acts">
          <ScheduleActs frame={frame} schedule={row} back={back} />
        </td>
      )}
    </tr>
  )
}
