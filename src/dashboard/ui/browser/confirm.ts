/**
 * Asks before something is done that is hard to undo.
 * @module
 */
import { many } from '../format.ts'

/** Watches all forms, those that come later too. */
export function askBefore(): void {
  document.addEventListener('submit', (event) => {
    const { target: form, submitter } = event
    if (!(form instanceof HTMLFormElement)) return
    const question = questionOf(form, submitter)
    if (question === null || form.dataset.confirmed !== undefined) return
    event.preventDefault()
    ask(question, submitter?.classList.contains('danger') === true, () => {
      form.dataset.confirmed = ''
      form.requestSubmit(submitter)
      delete form.dataset.confirmed
    })
  })
}

function questionOf(form: HTMLFormElement, submitter: HTMLElement | null): string | null {
  if (form.dataset.confirm !== undefined) return form.dataset.confirm
  const pattern = submitter?.dataset.confirmMany
  if (pattern === undefined) return null
  const all = form.querySelector<HTMLInputElement>('#matching')?.checked === true
  const chosen = form.querySelectorAll('input[name="id"]:checked').length
  return pattern.replace('#', all ? 'all jobs that match' : many(chosen, 'job'))
}

function ask(question: string, danger: boolean, done: () => void): void {
  const dialog = document.querySelector<HTMLDialogElement>('#confirm')
  const text = dialog?.querySelector('#confirm-text')
  const yes = dialog?.querySelector('button[value="yes"]')
  if (dialog === null || text === null || text === undefined) return done()
  text.textContent = question
  yes?.classList.toggle('danger', danger)
  yes?.classList.toggle('primary', !danger)
  dialog.returnValue = ''
  dialog.addEventListener(
    'close',
    () => {
      if (dialog.returnValue === 'yes') done()
    },
    { once: true },
  )
  dialog.showModal()
}
