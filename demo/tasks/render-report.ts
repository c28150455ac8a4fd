/**
 * Rendering a PDF from the imported rows, then mailing it to every subscriber.
 * @module
 */
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { task } from 'millrace'
import PDFDocument from 'pdfkit'
import { z } from 'zod'
import { countCities, countries } from '../database.ts'
import { fromEnvironment } from '../settings.ts'
import { sendReport } from './send-report.ts'

const COLUMNS = [
  { title: 'Country', x: 60, width: 60 },
  { title: 'Cities', x: 130, width: 80 },
  { title: 'People', x: 220, width: 120 },
  { title: 'Largest city', x: 360, width: 180 },
] as const
const ROW_HEIGHT = 16

/** Writes the report and enqueues a mail for each subscriber. */
export const renderReport = task('render-report', {
  queue: 'reports',
  input: z.object({ subscribers: z.array(z.email()) }),
  timeout: '60s',
  async run({ subscribers }, job) {
    const file = join(fromEnvironment().folder, 'report.pdf')
    const rows = countries(250)
    const document = new PDFDocument({ size: 'A4', margin: 60 })
    const output = document.pipe(createWriteStream(file))
    document.fontSize(22).text('Cities of the world').moveDown(0.3)
    document
      .fontSize(11)
      .fillColor('#555')
      .text(`${countCities().toLocaleString('en')} cities in ${rows.length} countries`)
    document.fillColor('#000').moveDown()
    let y = heading(document, document.y)
    for (const [index, row] of rows.entries()) {
      if (y > document.page.height - 80) {
        document.addPage()
        y = heading(document, 60)
      }
      line(document, y, [
        row.country,
        row.cities.toLocaleString('en'),
        row.people.toLocaleString('en'),
        row.largest,
      ])
      y += ROW_HEIGHT
      if (index % 25 === 0) job.progress((100 * index) / rows.length)
    }
    document.end()
    await finished(output)
    await job.enqueueMany(
      sendReport,
      subscribers.map((to) => ({ to, report: file })),
      ({ to }) => ({ id: `${job.id}:${to}` }),
    )
    return { file, countries: rows.length }
  },
})

function heading(document: PDFKit.PDFDocument, y: number): number {
  document.font('Helvetica-Bold')
  line(
    document,
    y,
    COLUMNS.map((column) => column.title),
  )
  document.font('Helvetica')
  return y + ROW_HEIGHT + 4
}

function line(document: PDFKit.PDFDocument, y: number, cells: readonly string[]): void {
  document.fontSize(10)
  for (const [index, column] of COLUMNS.entries()) {
    document.text(cells[index] ?? '', column.x, y, { width: column.width, lineBreak: false, ellipsis: true })
  }
}
