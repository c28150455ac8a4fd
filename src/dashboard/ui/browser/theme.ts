/**
 * Light or dark, where somebody wants it otherwise than their system.
 * @module
 */

const YEAR_SECONDS = 365 * 24 * 60 * 60

/** Wakes the button. */
export function offerThemes(changed: () => void): void {
  const button = document.querySelector<HTMLButtonElement>('#theme')
  if (button === null) return
  button.hidden = false
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark'
    document.documentElement.dataset.theme = theme
    const path = `${document.body.dataset.base ?? ''}/`
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not in every browser, nor over plain HTTP
    document.cookie = `millrace_theme=${theme}; path=${path}; max-age=${YEAR_SECONDS}; samesite=lax`
    changed()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed)
}

function isDark(): boolean {
  const { theme } = document.documentElement.dataset
  return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark'
}
