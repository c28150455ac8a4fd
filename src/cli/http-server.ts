/**
 * A web-standard handler behind Node's own server.
 * @module
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { refusedError } from './failure.ts'

/** A server that listens. */
export interface HttpServer {
  readonly port: number
  /** Ends open pages too. */
  close(): Promise<void>
}

/** Listens; `flag` is the option that names the port. @throws CommandError where the port is taken or not allowed. */
export async function serveHttp(
  handler: (request: Request) => Promise<Response>,
  { host, port, flag = '--port' }: { readonly host: string; readonly port: number; readonly flag?: string },
): Promise<HttpServer> {
  const server = createServer(
    { maxHeaderSize: 16 * 1024, requestTimeout: 30_000 },
    getRequestListener(handler),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      const hint = taken ? `Choose another with ${flag}.` : undefined
      reject(refusedError('refused', `Cannot listen on ${host}:${port}: ${error.message}`, hint))
    })
    server.listen(port, host, resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => close(server) }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
