/**
 * A chart: its figures as data for the page's script to draw, its meaning as text.
 * @module
 */
import type { Chart } from '../../protocol.ts'
import { duration, rate, short } from '../format.ts'

/** A chart with a legend that tells the latest values. */
export function ChartCard({ chart }: { chart: Chart }) {
  const format = formatOf(chart)
  const latest = chart.series.map(({ values }) => values.findLast((value) => value !== null) ?? null)
  return (
    <figure class="card chart" id={`chart-${chart.id}`} data-chart={JSON.stringify(chart)}>
      <figcaption>
        <span class="chart-title">{chart.title}</span>
        <span class="legend">
          {chart.series.map(({ label, color }, index) => (
            <span class={`key color-${color}`}>
              {label} <b>{format(latest[index] ?? null)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div class="plot" id={`plot-${chart.id}`} role="img" aria-label={describe(chart)} data-keep />
    </figure>
  )
}

function formatOf({ unit }: Pick<Chart, 'unit'>): (value: number | null) => string {
  if (unit === 'perSecond') return rate
  if (unit === 'ms') return duration
  return (value) => (value === null ? '–' : short(value))
}

function describe(chart: Chart): string {
  const format = formatOf(chart)
  const parts = chart.series.map(({ label, values }) => {
    const known = values.filter((value) => value !== null)
    if (known.length === 0) return `${label}: nothing known yet`
    return `${label}: from ${format(Math.min(...known))} to ${format(Math.max(...known))}`
  })
  return `${chart.title}. ${parts.join('. ')}.`
}
