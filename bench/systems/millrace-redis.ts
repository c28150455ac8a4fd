/**
 * Millrace on Redis.
 * @module
 */
import { redis } from 'millrace/redis'
import type { ServerSettings, System } from '../system.ts'
import { openMillrace } from './millrace.ts'

/** With its defaults. */
export const millraceRedis: System<ServerSettings> = {
  name: 'millrace-redis',
  store: 'redis',
  open: async ({ url }) => openMillrace(redis({ url })),
}
