/**
 * One folder for all that a run of the tests leaves in the system's place for temporary files, gone afterwards:
 * also what a test made that was skipped, timed out or took its process down.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Called by vitest before it starts the processes that run tests; the answer is called when all have ended. */
export function setup(): () => void {
  const root = mkdtempSync(join(tmpdir(), 'millrace-tests-'))
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = root
  return () => rmSync(root, { recursive: true, force: true, maxRetries: 5 })
}
