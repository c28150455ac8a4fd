/**
 * Whether job systems of other languages are installed here. Nothing is installed for them.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { findBinary } from '../../test/servers/binary.ts'

/** A Python that has Celery and its client of Redis; null where there is none. */
export function pythonWithCelery(): string | null {
  const candidates = [findBinary(['python3']), '/usr/bin/python3']
  return candidates.find((python) => python !== null && runs(python, ['-c', 'import celery, redis'])) ?? null
}

/** Sidekiq's own command; null where there is none. */
export function sidekiqCommand(): string | null {
  return findBinary(['sidekiq'])
}

/** What to say where it is not installed. */
export const sidekiqMissing = (): string | null =>
  sidekiqCommand() === null ? 'Sidekiq is not installed' : null

/** What to say where it is not installed. */
export const celeryMissing = (): string | null =>
  pythonWithCelery() === null ? 'Celery is not installed, or not with its client of Redis' : null

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}
