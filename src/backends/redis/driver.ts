/**
 * The seam to the client library: what this backend needs of ioredis, and how it is loaded.
 * @module
 */
import { BackendError } from '../../contract/index.ts'

/** An argument of a command. */
export type Argument = string | number | Buffer

/** What is needed of a client of ioredis. */
export interface RedisClient {
  readonly status: string
  connect(): Promise<unknown>
  disconnect(reconnect?: boolean): void
  call(command: string, ...args: Argument[]): Promise<unknown>
  /** As `call`; texts come as buffers. */
  callBuffer(command: string, ...args: Argument[]): Promise<unknown>
  subscribe(...channels: string[]): Promise<unknown>
  unsubscribe(...channels: string[]): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'ready' | 'end' | 'close', listener: () => void): unknown
  on(event: 'messageBuffer', listener: (channel: Buffer, message: Buffer) => void): unknown
}

/** A user's own client: of one server or a sentinel's, or of a cluster. */
export interface UserClient extends RedisClient {
  readonly isCluster: boolean
  /** Another client like it. A cluster's takes nodes before the options. */
  duplicate(first?: never, second?: never): RedisClient
}

/** How a client is made. */
type RedisConstructor = new (url: string, options: Readonly<Record<string, unknown>>) => RedisClient

/** Loads ioredis. @throws BackendError `driver-missing` where it is not installed. */
export async function loadDriver(): Promise<RedisConstructor> {
  try {
    const { Redis } = await import('ioredis')
    return Redis as unknown as RedisConstructor
  } catch (cause) {
    throw new BackendError(
      'driver-missing',
      'The Redis backend needs the package ioredis, version 6 or later. Install it with: npm install ioredis',
      { cause },
    )
  }
}
