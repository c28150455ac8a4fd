/**
 * Celery: one connection for a batch, for it has no call that stores many; a process for each core, as is its default, so
 * that slots mean nothing; messages fetched ahead, no results, events or gossip. It keeps no record of a job.
 * @module
 */
import { availableParallelism } from 'node:os'
import { foreignSystem } from '../foreign/foreign-system.ts'
import { pythonWithCelery } from '../foreign/installed.ts'

const python = (): string => pythonWithCelery() ?? 'python3'
const QUIET = ['--without-gossip', '--without-mingle', '--without-heartbeat', '--loglevel', 'error']

/** Celery. */
export const celery = foreignSystem({
  name: 'celery',
  producer: () => [python(), 'celery_bench.py'],
  worker: () => [
    python(),
    ...['-m', 'celery', '-A', 'celery_bench', 'worker', '--pool', 'prefork'],
    ...['--concurrency', String(availableParallelism()), ...QUIET],
  ],
})
