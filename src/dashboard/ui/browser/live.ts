/**
 * Keeps the page up to date: the server says when it has looked at the store, and the page fetches itself anew.
 * @module
 */
import { Idiomorph } from 'idiomorph'

const PARTS = ['main', '#side']

/** Follows the server; `changed` is called after each change of the page. */
export function goLive(changed: () => void): void {
  const { base } = document.body.dataset
  if (base === undefined || typeof EventSource === 'undefined') return
  let fetching = false
  const refresh = async (): Promise<void> => {
    // Nobody looks, or somebody is in the middle of something.
    if (fetching || document.hidden || isBusy()) return
    fetching = true
    try {
      await fetchAnew(changed)
    } finally {
      fetching = false
    }
  }
  const source = new EventSource(`${base}/live`)
  source.addEventListener('look', (event) => {
    const { stale } = JSON.parse(event.data) as { stale: boolean }
    show(stale ? 'stale' : 'live')
    refresh().catch(() => show('lost'))
  })
  source.addEventListener('open', () => show('live'))
  source.addEventListener('error', () => show('lost'))
  document.addEventListener('visibilitychange', () => {
    refresh().catch(() => show('lost'))
  })
}

async function fetchAnew(changed: () => void): Promise<void> {
  const response = await fetch(location.href, { headers: { 'x-live': '1' } })
  if (!response.ok || response.redirected) {
    // Logged out, or the job is gone: the page as it is now tells no lie, and the next click will say so.
    show('lost')
    return
  }
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  if (isBusy()) return
  for (const part of PARTS) {
    const [here, there] = [document.querySelector(part), fresh.querySelector(part)]
    if (here !== null && there !== null) morph(here, there)
  }
  document.body.dataset.now = fresh.body.dataset.now ?? ''
  changed()
}

function morph(here: Element, there: Element): void {
  // Nothing is waited for, as no head is morphed; so nothing can fail later.
  void Idiomorph.morph(here, there, {
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed: (old: Node, fresh: Node) => {
        // What somebody folded, chose or typed stays as it is.
        if (old instanceof HTMLDetailsElement && fresh instanceof HTMLDetailsElement) fresh.open = old.open
        return !(old instanceof HTMLElement && old.dataset.keep !== undefined)
      },
      beforeNodeRemoved: (old: Node) => !(old instanceof HTMLElement && old.dataset.keep !== undefined),
      beforeAttributeUpdated: (name: string, element: Element) =>
        !(name === 'hidden' && element.matches('[data-copy], #all, #theme')) &&
        !(element.id === 'live' && name === 'data-state'),
    },
  })
}

/** True while a change of the page would take something out of somebody's hands. */
function isBusy(): boolean {
  if (document.querySelector('dialog[open], input[name="id"]:checked') !== null) return true
  const focused = document.activeElement
  if (focused instanceof HTMLInputElement && focused.type !== 'checkbox') return true
  return focused instanceof HTMLSelectElement || getSelection()?.isCollapsed === false
}

function show(state: 'live' | 'stale' | 'lost'): void {
  const live = document.getElementById('live')
  if (live !== null) live.dataset.state = state
}
