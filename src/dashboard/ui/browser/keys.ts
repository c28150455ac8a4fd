/**
 * Keys: going to pages, and through rows.
 * @module
 */

const GO_WITHIN_MS = 1_200

/** Listens. Keys that are typed into something are left alone. */
export function listenToKeys(): void {
  let goUntil = 0
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (performance.now() < goUntil) {
      goUntil = 0
      document.querySelector<HTMLAnchorElement>(`nav a[data-key="${CSS.escape(event.key)}"]`)?.click()
      return
    }
    if (event.key === 'g') goUntil = performance.now() + GO_WITHIN_MS
    else if (act(event.key)) event.preventDefault()
  })
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox'
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
}

function act(key: string): boolean {
  switch (key) {
    case '/':
      return search()
    case '?':
      document.querySelector<HTMLDialogElement>('#help')?.showModal()
      return true
    case 't':
      document.querySelector<HTMLButtonElement>('#theme')?.click()
      return true
    case 'j':
      return step(1)
    case 'k':
      return step(-1)
    case 'x':
      current()?.querySelector<HTMLInputElement>('input[name="id"]')?.click()
      return true
    case 'Enter': {
      const row = current()
      if (row === null || document.activeElement?.closest('a, button, input') !== null) return false
      location.href = row.dataset.href ?? location.href
      return true
    }
    default:
      return false
  }
}

function search(): boolean {
  const field = document.querySelector<HTMLInputElement>('#search')
  if (field !== null) field.focus()
  else location.href = `${document.body.dataset.base ?? ''}/jobs`
  return true
}

function current(): HTMLElement | null {
  return document.querySelector<HTMLElement>('tr.current')
}

function step(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('tr[data-href]')]
  if (rows.length === 0) return false
  const at = rows.findIndex((row) => row.classList.contains('current'))
  const next = rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))]
  rows[at]?.classList.remove('current')
  next?.classList.add('current')
  next?.scrollIntoView({ block: 'nearest' })
  return true
}
