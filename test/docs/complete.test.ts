/**
 * Whatever an application can say or call is told of in some page: nobody should have to read the types to find it.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { REPOSITORY, readPages } from './pages.ts'

const INTERFACES: readonly (readonly [file: string, ...names: string[]])[] = [
  [
    'contract/task.ts',
    'RetryOptions',
    'UniqueOptions',
    'JobOptions',
    'EnqueueOptions',
    'Job',
    'IsolateOptions',
  ],
  ['contract/task.ts', 'TaskOptions', 'Task', 'Receipt', 'TransactionalClient'],
  ['contract/options.ts', 'RetentionOptions', 'WorkerOptions', 'AppOptions'],
  ['contract/client.ts', 'QueueControl', 'WorkerHealth', 'Worker', 'Millrace'],
  ['contract/schedule-options.ts', 'ScheduleTimes', 'SchedulePolicies'],
  ['contract/calendar.ts', 'CalendarRule'],
  ['contract/schedule-control.ts', 'Schedules'],
  ['contract/events.ts', 'MillraceEvents'],
  ['contract/middleware.ts', 'MiddlewareHooks'],
  ['contract/records.ts', 'JobFilter'],
  ['backends/sqlite/options.ts', 'SqliteOptions'],
  ['observe/logs/log-events.ts', 'LogEventsOptions'],
  ['observe/metrics/prometheus.ts', 'PrometheusOptions', 'PrometheusMetrics'],
  ['observe/errors/report-errors.ts', 'ReportErrorsOptions', 'ErrorContext'],
  ['kit/codecs/compressed.ts', 'CompressedOptions'],
  ['kit/codecs/encrypted.ts', 'EncryptedOptions'],
]

function membersOf(file: string, name: string): string[] {
  const text = readFileSync(join(REPOSITORY, 'src', file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const found = source.statements.find(
    (node): node is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(node) && node.name.text === name,
  )
  if (found === undefined) throw new Error(`there is no interface ${name} in src/${file}`)
  const names = found.members.map((member) => member.name)
  return names
    .filter(
      (one): one is ts.Identifier | ts.StringLiteral =>
        one !== undefined && (ts.isIdentifier(one) || ts.isStringLiteral(one)),
    )
    .map(({ text }) => text)
    .filter((text) => !text.startsWith('~'))
}

const text = readPages()
  .filter(({ path }) => !path.startsWith('docs/decisions/'))
  .map((page) => page.text)
  .join('\n')

/** Code in the text, and blocks of code. */
const code = [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].join('\n')

test.each(INTERFACES.flatMap(([file, ...names]) => names.map((name) => ({ file, name }))))(
  '$name',
  ({ file, name }) => {
    const members = membersOf(file, name)
    expect(members).not.toEqual([])
    expect(members.filter((member) => !new RegExp(`(?<!\\w)${member}(?!\\w)`).test(code))).toEqual([])
  },
)
