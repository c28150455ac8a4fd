#!/usr/bin/env node
/**
 * The `millrace` command.
 * @module
 */
import * as nodeModule from 'node:module'

// Node 22.8 and later keep what they have compiled: half of the start-up. From here on, so nothing of ours
// is imported before.
if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function') {
  nodeModule.enableCompileCache()
}
const { runCommandLine } = await import('./program.ts')
const { processShell } = await import('./shell.ts')

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
