/**
 * A worker process's line to its supervisor: says that it is ready and how much memory it holds, and ends
 * the worker when the supervisor is gone.
 * @module
 */

/** What a supervised process tells its supervisor. */
export type LinkMessage =
  /** It claims jobs. */
  { readonly millrace: 'ready' } | { readonly millrace: 'memory'; readonly mib: number }

/** Set to `1` in the environment of supervised processes. */
export const SUPERVISED = 'MILLRACE_SUPERVISED'

/** The line, as the worker uses it. */
export interface SupervisorLink {
  /** The worker claims jobs: a process it replaces may stop now. */
  ready(): void
  /** Nothing more is said. Call it when the worker has stopped. */
  leave(): void
}

const TELL_MS = 1_000
const MIB = 1024 * 1024

/** An orphan whose graceful stop takes longer than this is ended, in ms. */
const ORPHAN_MS = 120_000

/**
 * Joins the supervisor that started this process; null where none did. When the supervisor dies, this process
 * gets a SIGTERM from itself, so that it stops as gracefully as ever.
 */
export function joinSupervisor(): SupervisorLink | null {
  if (process.env[SUPERVISED] !== '1' || process.send === undefined) return null
  const tell = setInterval(() => send({ millrace: 'memory', mib: process.memoryUsage.rss() / MIB }), TELL_MS)
  tell.unref()
  process.on('disconnect', onOrphaned)
  // The line alone must not keep a worker alive that is done.
  process.channel?.unref()
  return {
    ready: () => send({ millrace: 'ready' }),
    leave: () => {
      clearInterval(tell)
      process.off('disconnect', onOrphaned)
    },
  }
}

function send(message: LinkMessage): void {
  // A send that fails means that the supervisor is just gone, which `disconnect` tells as well.
  if (process.connected) process.send?.(message, () => {})
}

function onOrphaned(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), ORPHAN_MS).unref()
  process.kill(process.pid, 'SIGTERM')
}

/** True for a message of a supervised process. */
export function isLinkMessage(message: unknown): message is LinkMessage {
  if (typeof message !== 'object' || message === null || !('millrace' in message)) return false
  return message.millrace === 'ready' || message.millrace === 'memory'
}
