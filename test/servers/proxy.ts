/**
 * A small TCP proxy whose connections a test can cut, make deaf, or leave hanging with all that is on its way.
 * @module
 */
import { connect, createServer, type Socket } from 'node:net'
import { freePort } from './port.ts'

/** A proxy in front of a server. */
export interface Proxy {
  readonly port: number
  /** From now on answers are swallowed; requests still go through. */
  deafen(): void
  /** Cuts all connections; new ones work again. */
  cut(): void
  /** A black hole: from now on nothing comes through, on old connections or new ones, and nobody is told. */
  swallow(): void
  /** New connections work again; what old ones had sent is still on its way. */
  pass(): void
  /** What was on its way arrives. */
  deliver(): void
  close(): Promise<void>
}

/** Opens a proxy to a port of this machine. */
export async function openProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let deaf = false
  let hole = false
  let onTheWay: (() => void)[] = []

  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    let lost = hole
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      // Cutting connections is what the proxy is for.
      socket.on('error', () => socket.destroy())
    }
    const send = (act: () => void): void => {
      lost ||= hole
      if (lost) onTheWay.push(act)
      else act()
    }
    client.on('data', (chunk) => send(() => upstream.write(chunk)))
    client.on('close', () => send(() => upstream.end()))
    upstream.on('data', (chunk) => {
      if (!deaf) send(() => client.write(chunk))
    })
    upstream.on('close', () => send(() => client.destroy()))
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
    swallow: () => {
      hole = true
    },
    pass: () => {
      hole = false
    },
    deliver: () => {
      for (const act of onTheWay) act()
      onTheWay = []
    },
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
