/**
 * What an attempt has said and the store has not yet.
 * @module
 */
import type { JobLogLine, Progress } from '../../../contract/index.ts'

/** Progress and log lines of one attempt. */
export interface PendingNotes {
  progress: Progress | null
  lines: JobLogLine[]
  /** Older lines that were given up. */
  dropped: number
}
