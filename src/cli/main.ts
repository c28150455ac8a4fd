#!/usr/bin/env node
/**
 * The `millrace` command.
 * @module
 */
import { runCommandLine } from './program.ts'
import { processShell } from './shell.ts'

/** A reader that left early, such as `head`, is no error. */
function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit()
  throw error
}

process.stdout.on('error', onStreamError)
process.stderr.on('error', onStreamError)

const exitCode = await runCommandLine(process.argv.slice(2), processShell())

// The user's modules may hold connections of their own open, so the end is declared, not waited for; but only
// once what was printed has reached the pipe.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
)
process.exit(exitCode)
