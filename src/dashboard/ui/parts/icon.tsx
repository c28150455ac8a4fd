/**
 * Icons, drawn on a grid of 16.
 * @module
 */

const PATHS = {
  overview: 'M2 9h4v5H2zM6 2h4v12H6zM10 6h4v8h-4z',
  queues: 'M2 3.5h12M2 8h12M2 12.5h7',
  jobs: 'M3 2.5h10v11H3zM5.5 6h5M5.5 8.5h5M5.5 11h3',
  failures: 'M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.4v.6',
  schedules: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.4 1.7',
  workers:
    'M4.5 4.5h7v7h-7zM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14',
  audit: 'M4 2h8v12l-4-2.2L4 14zM6.2 5.5h3.6M6.2 8h3.6',
  good: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.4 8.2l1.9 1.9 3.4-3.9',
  note: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.4v3.4M8 5.2v.5',
  warn: 'M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.4v.6',
  bad: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.8 10.8 14 14',
  theme: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 2v12a6 6 0 0 0 0-12z',
} as const

/** The name of an icon. */
export type IconName = keyof typeof PATHS

/** A picture beside a word; it says nothing that the word does not. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}

/** The mark: a wheel in a stream. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <circle cx="12" cy="9.5" r="6.5" />
      <path d="M12 3v13M5.5 9.5h13M7.4 4.9l9.2 9.2M16.6 4.9l-9.2 9.2" />
      <path d="M1.5 19.5c2 0 2-1.6 4.2-1.6s2.2 1.6 4.2 1.6 2-1.6 4.2-1.6 2.2 1.6 4.2 1.6 2-1.6 4.2-1.6" />
    </svg>
  )
}
