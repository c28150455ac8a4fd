/**
 * Page `queues`.
 * @module
 */
import type { Frame, QueueRow, QueuesPage } from '../../protocol.ts'
import { duration, many, rate, short } from '../format.ts'
import { Act } from '../parts/act.tsx'
import { Empty, PageHead } from '../parts/bits.tsx'

const LONG_WAIT_MS = 5 * 60_000

/** All queues, with what can be done to them. */
export function QueuesView({ frame, page }: { frame: Frame; page: QueuesPage }) {
  return (
    <>
      <PageHead title="Queues" />
      <QueueTable frame={frame} rows={page.queues} canPause={page.canPause} back="/queues" />
    </>
  )
}

/** Queues with their depth, rates and workers. */
export function QueueTable(props: {
  frame: Frame
  rows: readonly QueueRow[]
  canPause: boolean
  back: string
}) {
  const { frame, rows, canPause, back } = props
  const acts = canPause && frame.role !== 'view'
  if (rows.length === 0) {
    return (
      <Empty title="No queue has been used yet">
        <p>
          A queue comes with its first job. <code>app.enqueue(task, input)</code> makes one, and{' '}
          <code>millrace work</code> runs it.
        </p>
      </Empty>
    )
  }
  return (
    <div class="card table-card">
      <table>
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col" class="figure-cell">
              Waiting
            </th>
            <th scope="col" class="figure-cell">
              Active
            </th>
            <th scope="col" class="figure-cell">
              Later
            </th>
            <th scope="col" class="figure-cell">
              Failed
            </th>
            <th scope="col" class="figure-cell">
              Longest wait
            </th>
            <th scope="col" class="figure-cell">
              Rate
            </th>
            <th scope="col" class="figure-cell">
              Slots
            </th>
            {acts && (
              <th scope="col">
                <span class="hidden">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row frame={frame} row={row} acts={acts} back={back} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ frame, row, acts, back }: { frame: Frame; row: QueueRow; acts: boolean; back: string }) {
  const { counts } = row
  const jobs = `${frame.base}/jobs?queue=${encodeURIComponent(row.name)}`
  const later = counts.scheduled + counts.retrying
  return (
    <tr data-href={jobs} id={`queue-${row.name}`}>
      <th scope="row">
        <a href={jobs}>{row.name}</a>
        {row.paused && <span class="badge state-blocked">paused</span>}
      </th>
      <Count value={counts.pending} href={`${jobs}&state=pending`} />
      <Count value={counts.active} href={`${jobs}&state=active`} />
      <Count value={later} href={`${jobs}&state=scheduled,retrying`} />
      <Count value={counts.failed} href={`${jobs}&state=failed`} tone="bad" />
      <td
        class={`figure-cell nowrap${(row.oldestWaitMs ?? 0) > LONG_WAIT_MS && !row.paused ? ' tone-warn' : ''}`}
      >
        {duration(row.oldestWaitMs)}
      </td>
      <td class="figure-cell nowrap">{rate(row.rates.succeeded)}</td>
      <td class={`figure-cell nowrap${row.workers === 0 && row.waiting > 0 ? ' tone-bad' : ''}`}>
        {row.slots === 0 ? 'none' : `${row.slots} in ${many(row.workers, 'worker')}`}
      </td>
      {acts && (
        <td class="acts">
          <Acts frame={frame} row={row} back={back} />
        </td>
      )}
    </tr>
  )
}

function Count({ value, href, tone }: { value: number; href: string; tone?: 'bad' }) {
  return (
    <td class={`figure-cell${value > 0 && tone !== undefined ? ` tone-${tone}` : ''}`}>
      {value === 0 ? <span class="quiet">0</span> : <a href={href}>{short(value)}</a>}
    </td>
  )
}

function Acts({ frame, row, back }: { frame: Frame; row: QueueRow; back: string }) {
  const fields = { queue: row.name }
  return (
    <>
      {row.paused ? (
        <Act
          frame={frame}
          action="queue.resume"
          needs="operate"
          fields={fields}
          back={back}
          tone="primary"
          label={`Resume ${row.name}`}
        >
          Resume
        </Act>
      ) : (
        <Act
          frame={frame}
          action="queue.pause"
          needs="operate"
          fields={fields}
          back={back}
          label={`Pause ${row.name}`}
        >
          Pause
        </Act>
      )}
      {row.waiting > 0 && (
        <Act
          frame={frame}
          action="queue.drain"
          needs="admin"
          fields={fields}
          back={back}
          tone="danger"
          label={`Drain ${row.name}`}
          confirm={`Cancel ${many(row.waiting, 'waiting job')} of the queue ${row.name}? Running jobs go on.`}
        >
          Drain
        </Act>
      )}
    </>
  )
}
