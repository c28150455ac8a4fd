/**
 * Writes docs/guides/errors.md from the catalogue of errors; with `--check` only compares. What a code means stands in
 * the catalogue; what to do about it stands here, so that a new code without advice does not compile.
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import * as errors from '../src/contract/errors.ts'
import { ERROR_CODES, type ErrorCode, type StoreErrorCode } from '../src/contract/errors.ts'

const page = 'docs/guides/errors.md'

type ErrorClass = Extract<keyof typeof errors, `${string}Error`>

const catalogue: Readonly<Record<ErrorCode, readonly [ErrorClass, string]>> = {
  'invalid-option': ['InvalidOptionError', 'Correct the option that `field` names.'],
  'invalid-payload': ['InvalidPayloadError', 'Correct the input; `issues` names each place.'],
  'payload-too-large': [
    'PayloadTooLargeError',
    'Store the data elsewhere and pass a reference; or compress; or raise `maxPayloadBytes`.',
  ],
  'invalid-config': ['ConfigError', 'Follow the message: it names the file, and the line where it can.'],
  'unknown-task': ['UnknownTaskError', 'Register the task, or add its former name to `aliases`.'],
  'job-not-found': ['JobStateError', 'Check the id. The job may have been pruned or deleted.'],
  'job-refused': ['JobStateError', 'Look at the job’s state: it has moved on.'],
  'schedule-not-found': ['ScheduleError', 'Check the name: `millrace schedules list` shows them.'],
  'schedule-refused': ['ScheduleError', 'Change it where it is declared, or pause it.'],
  'job-failed': ['JobResultError', '`cause` is the job’s own error.'],
  'job-cancelled': ['JobResultError', 'Nothing: somebody wanted it.'],
  'wait-timeout': ['JobResultError', 'Wait again, or look later with `app.get(id)`.'],
  'job-timeout': ['JobTimeoutError', 'Hand `job.signal` on, raise `timeout`, or `isolate` the task.'],
  'lease-lost': [
    'LeaseLostError',
    'Roll back what is open, and let the other attempt go on. Often: the machine slept, or `lease` is too short.',
  ],
  'once-interrupted': [
    'OnceInterruptedError',
    "Find out whether the effect happened, then decide; or pass `onInterrupt: 'rerun'`.",
  ],
  'child-crashed': ['ChildCrashedError', 'Read how it ended: often the memory limit, or native code.'],
  'unsupported-facet': ['UnsupportedFacetError', 'Use a backend that has the facet which the message names.'],
  'not-running': ['NotRunningError', 'Use the app before `close()`, and start the worker first.'],
  'store-unavailable': ['BackendError', 'Check path, folder and rights; then repeat the call.'],
  'store-busy': [
    'BackendError',
    'Find who holds a transaction open, or raise `busyTimeout`; then repeat the call.',
  ],
  'store-read-only': ['BackendError', 'Give write permission on the file and on its folder.'],
  'store-full': ['BackendError', 'Free space. Nothing was stored in part.'],
  'store-corrupt': ['BackendError', 'Stop all workers, keep a copy, restore a backup.'],
  'store-too-new': ['BackendError', 'Update Millrace here, or use another store.'],
  'store-not-migrated': ['BackendError', 'Run `millrace migrate`.'],
  'driver-missing': ['BackendError', 'Run the install command of the message.'],
  'package-missing': ['MillraceError', 'Run the install command of the message.'],
}

const isStoreCode = (code: ErrorCode): code is StoreErrorCode => catalogue[code][0] === 'BackendError'

/** Asked of the class itself, which decides it. */
const repeatable = (code: ErrorCode): boolean =>
  isStoreCode(code) && new errors.BackendError(code, '').retriable

const rows = (Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => {
  const [errorClass, advice] = catalogue[code]
  return `| \`${code}\` | \`${errorClass}\` | ${ERROR_CODES[code]} | ${advice} |`
})

const repeated = (Object.keys(ERROR_CODES) as ErrorCode[]).filter(repeatable).map((code) => `\`${code}\``)

const text = `<!-- Generated from src/contract/errors.ts by scripts/error-docs.ts: edit those. -->

# Errors

Every error that Millrace raises is a \`MillraceError\`. Its message is for people: what happened, to which job or
option, and what to do. For programs it has

- \`code\`, stable, one of the table below;
- \`field\`, \`jobId\`, \`task\`, \`queue\`, where they apply;
- \`retriable\`: true where the same call may simply be made again (${repeated.join(', ')});
- \`cause\`, where another error is behind it.

\`\`\`ts
import { MillraceError, millrace, task } from 'millrace'

const ping = task('ping', { run: () => 'pong' })
const app = millrace({ backend: 'memory:', tasks: [ping] })

try {
  await app.enqueue(ping, undefined, { delay: 'soon' })
} catch (error) {
  if (!(error instanceof MillraceError)) throw error
  console.log(error.code, error.field, error.retriable) // → invalid-option delay false
}
await app.close()
\`\`\`

| code | class | meaning | what to do |
| --- | --- | --- | --- |
${rows.join('\n')}

An error that a handler threw is stored with its attempt as data: \`name\`, \`message\`, \`stack\`, \`code\` and \`cause\`.
\`app.result()\` makes an \`Error\` of it again, as the \`cause\` of a \`JobResultError\`, with that name and code; its class
is not restored.
`

const found = existsSync(page) ? readFileSync(page, 'utf8') : ''
if (found !== text && process.argv.includes('--check')) {
  console.error(`${page} is stale. Mend it with: npx tsx scripts/error-docs.ts`)
  process.exit(1)
}
if (found !== text) writeFileSync(page, text)
console.log(`${rows.length} error codes, ${found === text ? 'unchanged' : `written to ${page}`}`)
