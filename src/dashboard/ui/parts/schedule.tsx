/**
 * Pieces of the pages about schedules.
 * @module
 */
import type { FiringView, Frame, ScheduleRow } from '../../protocol.ts'
import { whole } from '../format.ts'
import { Act } from './act.tsx'
import { JobLink, StateBadge } from './bits.tsx'

/** Where a schedule's page is, below the base. */
export function schedulePath(name: string): string {
  return `/schedules/${encodeURIComponent(name)}`
}

/** What became of a firing: its job with the state it is in now, or why there is none. */
export function FiringResult({ frame, firing }: { frame: Frame; firing: FiringView }) {
  const { outcome, jobId, state, count } = firing
  if (jobId === null) {
    const tone = outcome === 'held' || outcome === 'missed' ? ' state-blocked' : ''
    return (
      <span class={`badge${tone}`}>
        {outcome}
        {count > 1 && ` × ${whole(count)}`}
      </span>
    )
  }
  if (state === null) return <span class="quiet">its job is not kept any more</span>
  return (
    <JobLink frame={frame} id={jobId}>
      <StateBadge state={state} />
    </JobLink>
  )
}

/** Pause or resume, and fire now. */
export function ScheduleActs(props: {
  frame: Frame
  schedule: Pick<ScheduleRow, 'name' | 'paused'>
  back: string
}) {
  const { frame, schedule, back } = props
  const { name, paused } = schedule
  const shared = { frame, needs: 'operate', fields: { schedule: name }, back } as const
  return (
    <>
      {paused ? (
        <Act {...shared} action="schedule.resume" tone="primary" label={`Resume ${name}`}>
          Resume
        </Act>
      ) : (
        <Act {...shared} action="schedule.pause" label={`Pause ${name}`}>
          Pause
        </Act>
      )}
      <Act
        {...shared}
        action="schedule.run"
        label={`Run now: ${name}`}
        confirm={`Fire ${name} now, besides its times?`}
      >
        Run now
      </Act>
    </>
  )
}
