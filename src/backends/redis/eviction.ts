/**
 * A warning at the start about a server that would throw jobs away.
 * @module
 */
import type { RedisClient } from './driver.ts'

/** Why a policy is wrong and what to do; null where it is right. */
export function evictionWarning(policy: string): string | null {
  if (policy === 'noeviction') return null
  return `maxmemory-policy is ${policy}: jobs are lost once memory is full. Set it to noeviction.`
}

/** Looks at the server's policy, and warns the process where it is a wrong one. */
export async function warnOfEviction(client: RedisClient, location: string): Promise<void> {
  let text: string
  try {
    text = String(await client.call('INFO', 'memory'))
  } catch {
    // A user without the right to ask can work all the same, and a connection that is lost is told elsewhere.
    return
  }
  const warning = evictionWarning(/^maxmemory_policy:(\S+)/m.exec(text)?.[1] ?? 'noeviction')
  if (warning === null) return
  process.emitWarning(`The Redis server at ${location} may lose jobs: ${warning}`, {
    type: 'MillraceWarning',
  })
}
