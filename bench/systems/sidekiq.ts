/**
 * Sidekiq: `push_bulk` for batches, one process with so many threads, no log line for each job. It keeps no record of a
 * job that succeeded.
 * @module
 */
import { join } from 'node:path'
import { FOLDER, foreignSystem } from '../foreign/foreign-system.ts'
import { sidekiqCommand } from '../foreign/installed.ts'

const PROGRAM = join(FOLDER, 'sidekiq_bench.rb')

/** Sidekiq. */
export const sidekiq = foreignSystem({
  name: 'sidekiq',
  producer: () => ['ruby', PROGRAM],
  worker: (slots) => [sidekiqCommand() ?? 'sidekiq', '-r', PROGRAM, '-c', String(slots), '-q', 'default'],
})
