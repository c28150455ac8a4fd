/**
 * The page's script. Every page works without it; with it, pages stay up to date by themselves.
 * @module
 */
import { drawCharts } from './charts.ts'
import { askBefore } from './confirm.ts'
import { offerCopies } from './copy.ts'
import { listenToKeys } from './keys.ts'
import { goLive } from './live.ts'
import { tellTimes } from './relative.ts'
import { followSelection } from './selection.ts'
import { offerThemes } from './theme.ts'

offerThemes(drawCharts)
askBefore()
listenToKeys()
followSelection()
offerCopies()
drawCharts()
tellTimes()
goLive(() => {
  offerCopies()
  followSelection()
  drawCharts()
  tellTimes()
})

// On a narrow screen the pages are a strip that is wider than it.
document.querySelector('nav [aria-current="page"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })

for (const select of document.querySelectorAll<HTMLSelectElement>('select[data-submit]')) {
  select.addEventListener('change', () => select.form?.requestSubmit())
}
