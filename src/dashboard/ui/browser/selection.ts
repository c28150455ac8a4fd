/**
 * Choosing many rows.
 * @module
 */
import { many } from '../format.ts'

/** Shows the box that chooses all, and says how many are chosen. */
export function followSelection(): void {
  const form = document.querySelector<HTMLFormElement>('#selection')
  const all = form?.querySelector<HTMLInputElement>('#all')
  if (form === null || all === null || all === undefined) return
  all.hidden = false
  if (form.dataset.followed !== undefined) return
  form.dataset.followed = ''
  const boxes = (): HTMLInputElement[] => [...form.querySelectorAll<HTMLInputElement>('input[name="id"]')]
  form.addEventListener('change', (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked
    const chosen = boxes().filter((box) => box.checked).length
    all.checked = chosen > 0 && chosen === boxes().length
    all.indeterminate = chosen > 0 && !all.checked
    const text = form.querySelector('#chosen')
    if (text !== null) text.textContent = `${many(chosen, 'job')} chosen`
  })
}
