/**
 * Keeps times that are told as distances true.
 * @module
 */
import { relative } from '../format.ts'

let started = false
let loadedAt = performance.now()

/** Tells them now, on the server's clock, and every second. */
export function tellTimes(): void {
  loadedAt = performance.now()
  if (started) return
  started = true
  setInterval(tell, 1_000)
}

function tell(): void {
  const now = Number(document.body.dataset.now) + performance.now() - loadedAt
  for (const time of document.querySelectorAll<HTMLElement>('time[data-relative]')) {
    const text = relative(Number(time.dataset.relative), now)
    if (time.textContent !== text) time.textContent = text
  }
}
