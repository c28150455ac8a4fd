/**
 * The systems: where each keeps its jobs, and how it is loaded.
 * @module
 */
import { celeryMissing, sidekiqMissing } from '../foreign/installed.ts'
import type { OpenSettings, ServerSettings, System } from '../system.ts'

/** What keeps the jobs. */
type Store = 'sqlite' | 'redis' | 'postgres'

interface Entry {
  readonly store: Store
  /** Loads this system only, so that no other one's code shares its process. */
  readonly load: () => Promise<System<OpenSettings & ServerSettings>>
  /** Why it cannot be measured on this machine; null where it can. Without it: it always can. */
  readonly missing?: () => string | null
}

const SYSTEMS = {
  millrace: {
    store: 'sqlite',
    load: async () => (await import('./millrace-sqlite.ts')).millraceSqlite,
  },
  raw: { store: 'sqlite', load: async () => (await import('./raw-sqlite.ts')).rawSqlite },
  plainjob: { store: 'sqlite', load: async () => (await import('./plainjob.ts')).plainjob },
  'millrace-redis': {
    store: 'redis',
    load: async () => (await import('./millrace-redis.ts')).millraceRedis,
  },
  'raw-redis': { store: 'redis', load: async () => (await import('./raw-redis.ts')).rawRedis },
  bullmq: { store: 'redis', load: async () => (await import('./bullmq.ts')).bullmq },
  'bee-queue': { store: 'redis', load: async () => (await import('./bee-queue.ts')).beeQueue },
  sidekiq: {
    store: 'redis',
    load: async () => (await import('./sidekiq.ts')).sidekiq,
    missing: sidekiqMissing,
  },
  celery: {
    store: 'redis',
    load: async () => (await import('./celery.ts')).celery,
    missing: celeryMissing,
  },
  'millrace-postgres': {
    store: 'postgres',
    load: async () => (await import('./millrace-postgres.ts')).millracePostgres,
  },
  'raw-postgres': { store: 'postgres', load: async () => (await import('./raw-postgres.ts')).rawPostgres },
  'graphile-worker': {
    store: 'postgres',
    load: async () => (await import('./graphile-worker.ts')).graphileWorker,
  },
  'graphile-worker-defaults': {
    store: 'postgres',
    load: async () => (await import('./graphile-worker.ts')).graphileWorkerDefaults,
  },
  'pg-boss': { store: 'postgres', load: async () => (await import('./pg-boss.ts')).pgBoss },
} as const satisfies Record<string, Entry>

/** The name of a system. */
export type SystemName = keyof typeof SYSTEMS

/** What is known of a system without loading it. */
export function systemEntry(name: SystemName): Entry {
  return SYSTEMS[name]
}
