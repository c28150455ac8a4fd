/**
 * Page `workers`.
 * @module
 */
import { allows, type Frame, type WorkerRow, type WorkersPage } from '../../protocol.ts'
import { bytes, duration, many } from '../format.ts'
import { Act } from '../parts/act.tsx'
import { Bar, Empty, JobLink, PageHead, When } from '../parts/bits.tsx'

const SHOWN = 10

/** A card for each worker. */
export function WorkersView({ frame, page }: { frame: Frame; page: WorkersPage }) {
  const slots = page.workers.reduce((sum, worker) => sum + worker.slots, 0)
  return (
    <>
      <PageHead title="Workers">
        {page.workers.length > 0 && (
          <p class="quiet">
            {many(page.workers.length, 'worker')} with {many(slots, 'slot')}
          </p>
        )}
      </PageHead>
      {page.workers.length === 0 ? (
        <Empty title="No worker is running">
          <p>
            Start one with <code>millrace work</code>, or <code>await app.worker().start()</code> in a process
            of your own.
          </p>
        </Empty>
      ) : (
        <ul class="workers">
          {page.workers.map((worker) => (
            <Worker frame={frame} worker={worker} />
          ))}
        </ul>
      )}
    </>
  )
}

function Worker({ frame, worker }: { frame: Frame; worker: WorkerRow }) {
  const { busy, slots } = worker
  return (
    <li class="card worker" id={`worker-${worker.id}`}>
      <header class="worker-head">
        <h2>
          {worker.host} <span class="quiet">pid {worker.pid}</span>
        </h2>
        <span class="row">
          {worker.quiet && <span class="badge state-blocked">quiet</span>}
          {worker.late && <span class="badge state-retrying">late</span>}
        </span>
      </header>
      <p class="row">
        <Bar part={busy} whole={slots} />
        <span class="nowrap">
          {busy} of {many(slots, 'slot')} in use
        </span>
      </p>
      <dl class="facts">
        <div>
          <dt>Queues</dt>
          <dd>{worker.queues.join(', ')}</dd>
        </div>
        <div>
          <dt>Memory</dt>
          <dd>{bytes(worker.memoryBytes)}</dd>
        </div>
        <div>
          <dt>Up</dt>
          <dd>{duration(Math.max(0, frame.now - worker.startedAt))}</dd>
        </div>
        <div>
          <dt>Seen</dt>
          <dd>
            <When at={worker.seenAt} now={frame.now} />
          </dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>{worker.version}</dd>
        </div>
      </dl>
      <Running frame={frame} worker={worker} />
      {allows(frame.role, 'operate') && <Acts frame={frame} worker={worker} />}
    </li>
  )
}

function Running({ frame, worker }: { frame: Frame; worker: WorkerRow }) {
  if (worker.running.length === 0) return <p class="quiet small">Runs nothing just now.</p>
  const more = worker.running.length - SHOWN
  return (
    <ul class="running">
      {worker.running.slice(0, SHOWN).map((job) => (
        <li>
          <JobLink frame={frame} id={job.id}>
            {job.task}
          </JobLink>
          <span class="quiet small">
            {job.percent !== null && `${Math.round(job.percent)} % · `}
            <When at={job.startedAt} now={frame.now} />
          </span>
        </li>
      ))}
      {more > 0 && <li class="quiet small">and {more} more</li>}
    </ul>
  )
}

function Acts({ frame, worker }: { frame: Frame; worker: WorkerRow }) {
  const fields = { worker: worker.id }
  return (
    <div class="row">
      {!worker.quiet && (
        <Act
          frame={frame}
          action="worker.quiet"
          needs="operate"
          fields={fields}
          back="/workers"
          label={`Quiet ${worker.id}`}
          confirm="Let this worker take on no new jobs? Only a restart undoes it."
        >
          Quiet
        </Act>
      )}
      <Act
        frame={frame}
        action="worker.stop"
        needs="admin"
        fields={fields}
        back="/workers"
        tone="danger"
        label={`Stop ${worker.id}`}
        confirm="Stop this worker? It finishes or gives back what it runs, and its process ends."
      >
        Stop
      </Act>
    </div>
  )
}
