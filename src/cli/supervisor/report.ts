/**
 * What a supervisor has to say, in words and as JSON.
 * @module
 */
import type { TextStream } from '../shell.ts'

/** What happened. `process` counts from 1 and stays with the place, also when another process takes it. */
export type SupervisorEvent =
  | { readonly event: 'supervisor:started'; readonly process: number; readonly pid: number | null }
  | { readonly event: 'supervisor:ready'; readonly process: number; readonly pid: number | null }
  /** It ended by itself, with success. */
  | { readonly event: 'supervisor:ended'; readonly process: number; readonly how: string }
  | {
      readonly event: 'supervisor:crashed'
      readonly process: number
      readonly how: string
      readonly againInMs: number
    }
  | { readonly event: 'supervisor:gave-up'; readonly process: number; readonly how: string }
  | { readonly event: 'supervisor:replacing'; readonly process: number; readonly why: string }
  /** The new process did not get ready; the old one goes on. */
  | { readonly event: 'supervisor:not-replaced'; readonly process: number; readonly how: string }
  | { readonly event: 'supervisor:killed'; readonly process: number; readonly afterMs: number }
  | { readonly event: 'supervisor:stopping'; readonly signal: string; readonly running: number }

/** Prints an event: JSON lines to standard output, words to standard error. */
export function createReport(
  json: boolean,
  out: TextStream,
  err: TextStream,
): (event: SupervisorEvent) => void {
  return (event) => {
    if (json) out.write(`${JSON.stringify({ ...event, at: Date.now() })}\n`)
    else err.write(`supervisor: ${inWords(event)}\n`)
  }
}

function inWords(event: SupervisorEvent): string {
  if (event.event === 'supervisor:stopping') {
    return `${event.signal}: stopping ${event.running} processes; a second signal kills them`
  }
  const process = `process ${event.process}`
  switch (event.event) {
    case 'supervisor:started':
      return `${process} started, pid ${event.pid ?? 'unknown'}`
    case 'supervisor:ready':
      return `${process} is ready`
    case 'supervisor:ended':
      return `${process} ${event.how}`
    case 'supervisor:crashed':
      return `${process} ${event.how}; again in ${(event.againInMs / 1000).toFixed(1)} s`
    case 'supervisor:gave-up':
      return `${process} ${event.how}; it is not started again`
    case 'supervisor:replacing':
      return `${process} is being replaced: ${event.why}`
    case 'supervisor:not-replaced':
      return `${process} goes on: the process that was to replace it ${event.how}`
    case 'supervisor:killed':
      return `${process} did not stop within ${event.afterMs / 1000} s and was killed`
  }
}
