/**
 * The demo's app, as a user would write it: its tasks, its store, its defaults.
 * @module
 */
import { millrace } from 'millrace'
import { createTables, databaseFile } from './database.ts'
import { importChunk, importCities } from './tasks/import-cities.ts'
import { makeThumbnail } from './tasks/make-thumbnail.ts'
import { renderReport } from './tasks/render-report.ts'
import { sendReport } from './tasks/send-report.ts'
import { syncRate } from './tasks/sync-rates.ts'

const app = millrace({
  backend: `sqlite:${databaseFile()}`,
  tasks: [importCities, importChunk, makeThumbnail, syncRate, renderReport, sendReport],
  worker: { slots: 6, lease: '3s' },
  module: import.meta.url,
})
createTables()

export default app
