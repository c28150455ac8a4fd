/**
 * Draws charts from the figures that came with the page.
 * @module
 */
import uPlot from 'uplot'
import type { Chart } from '../../protocol.ts'
import { duration, rate, short } from '../format.ts'

const HEIGHT = 150
/** Steps of an axis of waits: 0.2 s to a day. */
const WAIT_STEPS = [0.2, 0.5, 1, 5, 15, 30, 60, 120, 300, 900, 1_800, 3_600, 7_200, 21_600, 86_400].map(
  (seconds) => seconds * 1000,
)
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const DAY_MS = 24 * 60 * 60_000

interface Drawn {
  readonly plot: uPlot
  readonly host: HTMLElement
  source: string
  theme: string
}

const drawn = new Map<string, Drawn>()
const resized = new ResizeObserver(() => {
  for (const { plot, host } of drawn.values()) plot.setSize({ width: host.clientWidth, height: HEIGHT })
})

/** Draws all charts of the page, or gives those that are drawn their new figures. */
export function drawCharts(): void {
  const theme =
    getComputedStyle(document.documentElement).colorScheme + String(document.documentElement.dataset.theme)
  for (const figure of document.querySelectorAll<HTMLElement>('[data-chart]')) {
    const source = figure.dataset.chart ?? ''
    const host = figure.querySelector<HTMLElement>('.plot')
    if (host === null) continue
    const known = drawn.get(host.id)
    if (known?.host === host && known.source === source && known.theme === theme) continue
    const chart = JSON.parse(source) as Chart
    const data = dataOf(chart)
    if (known?.host === host && known.theme === theme && known.plot.series.length === data.length) {
      known.source = source
      known.plot.setData(data)
      continue
    }
    known?.plot.destroy()
    host.replaceChildren()
    drawn.set(host.id, { plot: new uPlot(optionsOf(chart, host), data, host), host, source, theme })
    resized.observe(host)
  }
}

function dataOf(chart: Chart): uPlot.AlignedData {
  const length = chart.series[0]?.values.length ?? 0
  const times = Array.from({ length }, (_, index) => (chart.from + index * chart.stepMs) / 1000)
  return [times, ...chart.series.map(({ values }) => [...values])]
}

function optionsOf(chart: Chart, host: HTMLElement): uPlot.Options {
  const color = (name: string): string => getComputedStyle(host).getPropertyValue(`--${name}`).trim()
  const format = formatOf(chart)
  const axis = { stroke: color('chart-text'), font: '11px system-ui, sans-serif', ticks: { show: false } }
  return {
    width: host.clientWidth,
    height: HEIGHT,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, sync: { key: 'millrace' } },
    scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 80,
        size: 26,
        values: (_plot, ticks) => ticks.map(timeOf(chart)),
      },
      {
        ...axis,
        grid: { stroke: color('chart-grid'), width: 1 },
        size: 62,
        space: 34,
        ...(chart.unit === 'ms' ? { incrs: WAIT_STEPS } : {}),
        values: (_plot, ticks) => ticks.map((tick) => format(tick)),
      },
    ],
    series: [
      {},
      ...chart.series.map(({ label, color: name }, index) => ({
        label,
        stroke: color(`line-${name}`),
        width: 1.75,
        ...(index === 0 ? { fill: color(`area-${name}`) } : {}),
        points: { show: false },
        spanGaps: true,
      })),
    ],
    hooks: { setCursor: [(plot) => showValues(plot, chart, format)] },
  }
}

/** The legend tells the values under the pointer, and the latest ones without it. */
function showValues(plot: uPlot, chart: Chart, format: (value: number | null) => string): void {
  const keys = plot.root.closest('figure')?.querySelectorAll('.key b')
  chart.series.forEach((_series, index) => {
    const values = plot.data[index + 1] ?? []
    const at = plot.cursor.idx
    const value = at === null || at === undefined ? lastOf(values) : (values[at] ?? null)
    const key = keys?.[index]
    if (key !== undefined) key.textContent = format(value)
  })
}

function lastOf(values: ArrayLike<number | null | undefined>): number | null {
  for (let index = values.length - 1; index >= 0; index--) {
    const value = values[index]
    if (value !== null && value !== undefined) return value
  }
  return null
}

/** The time of day, or the day where a chart spans several. */
function timeOf(chart: Chart): (seconds: number) => string {
  const span = chart.stepMs * (chart.series[0]?.values.length ?? 0)
  const format = span > 2 * DAY_MS ? DAY : CLOCK
  return (seconds) => format.format(seconds * 1000)
}

function formatOf({ unit }: Chart): (value: number | null) => string {
  if (unit === 'perSecond') return rate
  if (unit === 'ms') return duration
  return (value) => (value === null ? '–' : short(value))
}
