/**
 * What is around every page.
 * @module
 */
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Frame, PageName } from '../protocol.ts'
import { ASSETS } from './assets.gen.ts'
import { short, stamp } from './format.ts'
import { Proof } from './parts/act.tsx'
import { Icon, Mark } from './parts/icon.tsx'

const NAMES: Readonly<Record<PageName, string>> = {
  overview: 'Overview',
  queues: 'Queues',
  jobs: 'Jobs',
  failures: 'Failures',
  schedules: 'Schedules',
  workers: 'Workers',
  audit: 'Audit',
}

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Search for jobs'],
  ['g then o, q, j, f, s, w', 'Go to Overview, Queues, Jobs, Failures, Schedules, Workers'],
  ['j, k', 'Next and previous row'],
  ['x', 'Choose the row'],
  ['Enter', 'Open the row'],
  ['t', 'Light or dark'],
  ['?', 'This help'],
]

/** Where a page is, below the base. */
function pathOf(page: PageName): string {
  return page === 'overview' ? '/' : `/${page}`
}

/** The document: its head, and whatever its body is. */
export function Document({
  base,
  title,
  theme,
  children,
}: {
  base: string
  title: string
  theme?: Frame['theme']
  children: Child
}) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en" data-theme={theme ?? undefined}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{`${title} · Millrace`}</title>
          <link rel="icon" href={`${base}/assets/${ASSETS.icon.name}`} type="image/svg+xml" />
          <link rel="stylesheet" href={`${base}/assets/${ASSETS.style.name}`} />
          <script type="module" src={`${base}/assets/${ASSETS.script.name}`} />
        </head>
        {children}
      </html>
    </>
  )
}

/** A page with its navigation. */
export function Layout({
  frame,
  active,
  title,
  children,
}: {
  frame: Frame
  active: PageName
  title: string
  children: Child
}) {
  return (
    <Document base={frame.base} title={title} theme={frame.theme}>
      <body data-base={frame.base} data-now={frame.now} data-csrf={frame.csrf}>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <div class="shell">
          <Side frame={frame} active={active} />
          <main id="main" tabindex={-1}>
            <Notices frame={frame} />
            {children}
          </main>
        </div>
        <Help />
        <Confirm />
        <div id="announce" class="hidden" aria-live="polite" />
      </body>
    </Document>
  )
}

function Side({ frame, active }: { frame: Frame; active: PageName }) {
  return (
    <aside class="side" id="side">
      <a class="brand" href={`${frame.base}/`}>
        <Mark />
        <span>Millrace</span>
      </a>
      <nav aria-label="Pages">
        <ul>
          {frame.pages.map((page) => (
            <li>
              <a
                href={`${frame.base}${pathOf(page)}`}
                aria-current={page === active ? 'page' : undefined}
                data-key={page.charAt(0)}
              >
                <Icon name={page} />
                <span>{NAMES[page]}</span>
                {page === 'jobs' && frame.waiting > 0 && <span class="count">{short(frame.waiting)}</span>}
                {page === 'failures' && frame.failed > 0 && (
                  <span class="count bad">{short(frame.failed)}</span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="side-foot">
        <p class="live" id="live" data-state="idle">
          <span class="dot" aria-hidden="true" />
          <span id="live-text">{frame.store}</span>
        </p>
        <p class="who">
          {frame.user}
          {frame.role !== 'admin' && <span class="quiet"> · {frame.role}</span>}
        </p>
        <div class="side-buttons">
          <button type="button" class="button plain icon-only" id="theme" aria-label="Light or dark" hidden>
            <Icon name="theme" />
          </button>
          {frame.session && (
            <form method="post" action={`${frame.base}/logout`}>
              <Proof frame={frame} back="/" />
              <button type="submit" class="button plain">
                Log out
              </button>
            </form>
          )}
        </div>
      </div>
    </aside>
  )
}

function Notices({ frame }: { frame: Frame }) {
  return (
    <div id="notices">
      {frame.stale !== null && (
        <p class="notice bad" role="alert">
          The store does not answer: {frame.stale.message} What is shown was true at{' '}
          {stamp(frame.stale.since)}.
        </p>
      )}
      {frame.flash !== null && (
        <p class={`notice ${frame.flash.tone}`} role="status" data-keep>
          {frame.flash.text}
        </p>
      )}
    </div>
  )
}

function Help() {
  return (
    <dialog id="help" aria-labelledby="help-title">
      <h2 id="help-title">Keys</h2>
      <dl class="facts">
        {KEYS.map(([key, meaning]) => (
          <div>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" class="button plain">
          Close
        </button>
      </form>
    </dialog>
  )
}

function Confirm() {
  return (
    <dialog id="confirm" aria-labelledby="confirm-text">
      <p id="confirm-text" />
      <form method="dialog" class="row">
        <button type="submit" class="button plain" value="no">
          Keep
        </button>
        <button type="submit" class="button danger" value="yes">
          Do it
        </button>
      </form>
    </dialog>
  )
}
