/**
 * A small TCP proxy whose connections a test can cut, or make deaf.
 * @module
 */
import { connect, createServer, type Socket } from 'node:net'
import { freePort } from '../servers/port.ts'

/** A proxy in front of a server. */
export interface Proxy {
  readonly port: number
  /** From now on answers are swallowed; requests still go through. */
  deafen(): void
  /** Cuts all connections; new ones work again. */
  cut(): void
  close(): Promise<void>
}

/** Opens a proxy to a port of this machine. */
export async function openProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let deaf = false
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      // Cutting connections is what the proxy is for.
      socket.on('error', () => socket.destroy())
    }
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk) => {
      if (!deaf) client.write(chunk)
    })
    client.on('close', () => upstream.end())
    upstream.on('close', () => client.destroy())
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const cut = (): void => {
    deaf = false
    for (const socket of sockets) socket.destroy()
  }
  return {
    port,
    deafen: () => {
      deaf = true
    },
    cut,
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
