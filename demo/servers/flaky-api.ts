/**
 * An HTTP API as they are: it is overloaded, limits rates, hangs up, and answers in the end.
 * @module
 */
import { createServer } from 'node:http'

/** A running API. */
export interface FlakyApi {
  readonly url: string
  /** Calls per currency, the refused ones included. */
  readonly calls: ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** Starts it on a free port of the loopback interface. The first answers to each currency are failures. */
export async function startFlakyApi(): Promise<FlakyApi> {
  const calls = new Map<string, number>()
  const server = createServer((request, response) => {
    const currency = request.url?.split('/').at(-1) ?? ''
    const call = (calls.get(currency) ?? 0) + 1
    calls.set(currency, call)
    if (call === 1) return response.writeHead(503).end('overloaded')
    if (call === 2) return response.writeHead(429, { 'retry-after': '0.3' }).end('slow down')
    if (call === 3) return request.socket.destroy()
    const rate = 1 + [...currency].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) / 1000
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ currency, rate }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The API has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
