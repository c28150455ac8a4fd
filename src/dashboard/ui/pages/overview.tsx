/**
 * Page `overview`.
 * @module
 */
import { type Frame, type Health, type OverviewPage, RANGES } from '../../protocol.ts'
import { duration, many, rate, short, stamp } from '../format.ts'
import { Bar, Empty, JobLink, PageHead, When } from '../parts/bits.tsx'
import { ChartCard } from '../parts/chart.tsx'
import { Icon } from '../parts/icon.tsx'
import { QueueTable } from './queues.tsx'

/** Verdict, figures, charts, and what is busiest and worst. */
export function OverviewView({ frame, page }: { frame: Frame; page: OverviewPage }) {
  return (
    <>
      <PageHead title="Overview">
        <nav class="segments" aria-label="Span of the charts">
          {RANGES.map((range) => (
            <a
              href={range === '15m' ? `${frame.base}/` : `${frame.base}/?range=${range}`}
              aria-current={range === page.range ? 'true' : undefined}
            >
              {range}
            </a>
          ))}
        </nav>
      </PageHead>
      <Verdict frame={frame} health={page.health} />
      <Figures frame={frame} page={page} />
      <div class="charts">
        {page.charts.map((chart) => (
          <ChartCard chart={chart} />
        ))}
      </div>
      <p class="quiet small">
        Charts begin {stamp(page.watchedSince)}, when this dashboard first looked at the store.
      </p>
      <section aria-labelledby="busiest">
        <h2 id="busiest">Queues</h2>
        <QueueTable frame={frame} rows={page.queues} canPause={false} back="/" />
      </section>
      {page.failures.length > 0 && (
        <section aria-labelledby="latest-failures">
          <h2 id="latest-failures">Latest failures</h2>
          <Failures frame={frame} page={page} />
        </section>
      )}
    </>
  )
}

function Verdict({ frame, health }: { frame: Frame; health: Health }) {
  return (
    <section class={`card verdict level-${health.level}`} aria-labelledby="verdict">
      <h2 id="verdict">
        <Icon name={health.level} />
        {health.headline}
      </h2>
      {health.reasons.length > 0 ? (
        <ul>
          {health.reasons.map((reason) => (
            <li class={`level-${reason.level}`}>
              <Icon name={reason.level} />
              <a href={`${frame.base}${reason.href}`}>{reason.text}</a>
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">Workers are up, nothing waits too long, and nothing has failed for good.</p>
      )}
    </section>
  )
}

function Figures({ frame, page }: { frame: Frame; page: OverviewPage }) {
  const { counts, rates } = page
  const jobs = `${frame.base}/jobs?state=`
  return (
    <dl class="figures">
      <Figure
        label="Succeeding"
        value={rate(rates.succeeded)}
        note={`${short(counts.succeeded)} kept`}
        href={`${jobs}succeeded`}
      />
      <Figure
        label="Failing"
        value={rate(rates.failed)}
        note={`${short(counts.failed)} failed, ${short(counts.retrying)} retrying`}
        href={`${frame.base}/failures`}
        tone={(rates.failed ?? 0) > 0 ? 'bad' : undefined}
      />
      <Figure
        label="Waiting"
        value={short(counts.pending)}
        note={`${short(counts.scheduled)} scheduled for later`}
        href={`${jobs}pending`}
      />
      <Figure
        label="Longest wait"
        value={duration(page.oldestWaitMs)}
        note={page.oldestWaitMs === null ? 'nothing is due' : 'of a job that is due'}
        href={`${jobs}pending&order=oldest`}
      />
      <Figure
        label="Active"
        value={short(counts.active)}
        note={page.slots === 0 ? 'no workers' : `${page.busy} of ${many(page.slots, 'slot')} in use`}
        href={`${jobs}active`}
        bar={page.slots === 0 ? undefined : { part: page.busy, whole: page.slots }}
      />
      <Figure
        label="Workers"
        value={short(page.workers)}
        note={page.workers === 0 ? 'none is running' : 'running'}
        href={`${frame.base}/workers`}
        tone={page.workers === 0 ? 'warn' : undefined}
      />
    </dl>
  )
}

function Figure(props: {
  label: string
  value: string
  note: string
  href: string
  tone?: 'bad' | 'warn' | undefined
  bar?: { part: number; whole: number } | undefined
}) {
  const { label, value, note, href, tone, bar } = props
  return (
    <div class={`card figure${tone === undefined ? '' : ` tone-${tone}`}`}>
      <dt>{label}</dt>
      <dd>
        <a class="figure-value" href={href}>
          {value}
        </a>
        <span class="figure-note">{note}</span>
        {bar !== undefined && <Bar part={bar.part} whole={bar.whole} />}
      </dd>
    </div>
  )
}

function Failures({ frame, page }: { frame: Frame; page: OverviewPage }) {
  if (page.failures.length === 0) return <Empty title="Nothing has failed" />
  return (
    <div class="card table-card">
      <table>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Error</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody>
          {page.failures.map((job) => (
            <tr data-href={`${frame.base}/jobs/${encodeURIComponent(job.id)}`}>
              <td class="nowrap">
                <JobLink frame={frame} id={job.id}>
                  {job.task}
                </JobLink>
              </td>
              <td class="break">{job.note}</td>
              <td class="nowrap">
                <When at={job.finishedAt} now={frame.now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
