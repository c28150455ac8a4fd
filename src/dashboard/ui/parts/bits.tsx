/**
 * Small pieces that every page uses.
 * @module
 */
import type { Child } from 'hono/jsx'
import type { Frame, State } from '../../protocol.ts'
import { relative, shortId, stamp } from '../format.ts'

/** A time as a distance, which the page's script keeps up to date; the exact one on hover. */
export function When({ at, now }: { at: number | null; now: number }) {
  if (at === null) return <span class="quiet">–</span>
  return (
    <time datetime={new Date(at).toISOString()} title={stamp(at)} data-relative={at}>
      {relative(at, now)}
    </time>
  )
}

/** A job's state. */
export function StateBadge({ state }: { state: State }) {
  return <span class={`badge state-${state}`}>{state}</span>
}

/** A job's id, as a link. */
export function JobLink({ frame, id, children }: { frame: Frame; id: string; children?: Child }) {
  return (
    <a href={`${frame.base}/jobs/${encodeURIComponent(id)}`} title={id}>
      {children ?? <code>{shortId(id)}</code>}
    </a>
  )
}

/** What is said where there is nothing, with what to do. */
export function Empty({ title, children }: { title: string; children?: Child }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}

/** How much of something is used: a bar whose meaning stands beside it as text. */
export function Bar({
  part,
  whole,
  tone = 'accent',
}: {
  part: number
  whole: number
  tone?: 'accent' | 'warn' | 'bad'
}) {
  const percent = whole <= 0 ? 0 : Math.min(100, Math.round((part / whole) * 100))
  return (
    <svg class={`bar tone-${tone}`} aria-hidden="true" focusable="false">
      <rect class="bar-back" width="100%" height="100%" rx="3" />
      <rect class="bar-front" width={`${percent}%`} height="100%" rx="3" />
    </svg>
  )
}

/** How often something happened over time, as little columns. */
export function Trend({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values)
  const width = 5
  return (
    <svg class="trend" viewBox={`0 0 ${values.length * width} 24`} role="img" aria-label={label}>
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(3, (value / most) * 24)
        return (
          <rect
            class={value === 0 ? 'trend-none' : 'trend-some'}
            x={index * width}
            y={24 - height}
            width={width - 1}
            height={height}
          />
        )
      })}
    </svg>
  )
}

/** One line of a list of facts. */
export function Fact({ name, children }: { name: string; children?: Child }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** A heading with what belongs to it at its right. */
export function PageHead({ title, children }: { title: string; children?: Child }) {
  return (
    <header class="page-head">
      <h1>{title}</h1>
      {children}
    </header>
  )
}
