/**
 * The small web application: its requests hand slow work to the queue and answer at once.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Millrace } from 'millrace'
import { countCities } from './database.ts'
import { photos } from './photos.ts'
import { importCities } from './tasks/import-cities.ts'
import { makeThumbnail } from './tasks/make-thumbnail.ts'
import { renderReport } from './tasks/render-report.ts'
import { syncRate } from './tasks/sync-rates.ts'

const WIDTHS = [64, 128, 256, 512]
const CURRENCIES = ['EUR', 'USD', 'GBP', 'JPY', 'CHF', 'SEK', 'BRL', 'INR', 'KES', 'AUD']

/** A running web application. */
export interface WebApp {
  readonly url: string
  stop(): Promise<void>
}

type Action = (app: Millrace, request: IncomingMessage) => Promise<unknown>

const routes: Record<string, Action> = {
  'POST /imports': (app) => app.enqueue(importCities, { importId: randomUUID() }),
  'POST /thumbnails': (app) =>
    app.enqueueMany(
      makeThumbnail,
      photos().flatMap(({ name, file }) => WIDTHS.map((width) => ({ source: file, name, width }))),
    ),
  // A second click within the hour starts nothing new.
  'POST /rates': (app) =>
    app.enqueueMany(
      syncRate,
      CURRENCIES.map((currency) => ({ currency })),
      { unique: { for: '1h' } },
    ),
  'POST /reports': async (app, request) =>
    app.enqueue(renderReport, { subscribers: (await body(request)) as string[] }),
  'GET /status': async (app) => ({
    cities: countCities(),
    queues: await app.queues.counts(),
    workers: await app.workers(),
  }),
}

/** Starts the application on a free port of the loopback interface. */
export async function startWebApp(app: Millrace): Promise<WebApp> {
  const server = createServer((request, response) => {
    answer(app, request, response).catch((error: unknown) => {
      send(response, 500, { error: error instanceof Error ? error.message : String(error) })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The web application has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function answer(app: Millrace, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(await page(app))
    return
  }
  const action = routes[`${request.method} ${request.url}`]
  if (action === undefined) return send(response, 404, { error: 'not found' })
  send(response, request.method === 'POST' ? 202 : 200, await action(app, request))
}

function send(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
}

async function body(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return JSON.parse(Buffer.concat(pieces).toString('utf8'))
}

async function page(app: Millrace): Promise<string> {
  const rows = (await app.queues.counts()).map(
    ({ queue, state, count }) => `<tr><td>${queue}<td>${state}<td align=right>${count}`,
  )
  return `<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=1><title>Atlas</title>
<body style="font:16px system-ui;max-width:40rem;margin:2rem auto"><h1>Atlas</h1><p>${countCities()} cities
<table cellpadding=4><tr><th>queue<th>state<th>jobs${rows.join('')}</table>`
}
