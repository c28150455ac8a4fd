/**
 * The web server: enqueues, and tells how a job is doing.
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { InvalidPayloadError, type Millrace } from 'millrace'
import { sendWelcomeEmail } from './tasks.ts'

/** Makes the server; the caller lets it listen. */
export function createWebServer(app: Millrace): Server {
  return createServer((request, response) => {
    answer(app, request, response).catch((error: unknown) => {
      if (error instanceof InvalidPayloadError) return reply(response, 422, { issues: error.issues })
      console.error(error)
      reply(response, 500, { error: 'internal' })
    })
  })
}

async function answer(app: Millrace, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '/' } = request
  if (method === 'POST' && url === '/sign-ups') {
    const to = await text(request)
    const { id, outcome } = await app.enqueue(sendWelcomeEmail, { to })
    return reply(response, 202, { id, outcome })
  }
  const [, id] = /^\/jobs\/([\w-]+)$/.exec(url) ?? []
  const job = id === undefined ? null : await app.get(id)
  if (job === null) return reply(response, 404, { error: 'not found' })
  reply(response, 200, { state: job.state, output: job.output ?? null })
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
