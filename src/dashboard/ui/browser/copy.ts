/**
 * Buttons that copy a text; shown only where that works.
 * @module
 */

/** Wakes those that sleep. */
export function offerCopies(): void {
  if (navigator.clipboard === undefined) return
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy][hidden]')) {
    button.hidden = false
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(button.dataset.copy ?? '').then(
        () => say(button, 'Copied'),
        () => say(button, 'Not allowed'),
      )
    })
  }
}

function say(button: HTMLButtonElement, text: string): void {
  const announce = document.getElementById('announce')
  if (announce !== null) announce.textContent = text
  button.textContent = text
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 1_500)
}
