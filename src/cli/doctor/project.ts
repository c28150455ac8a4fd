/**
 * Checks of the Node in use and of the project's config.
 * @module
 */
import { describeFailure, furtherCauses } from '../failure.ts'
import { many } from '../figures.ts'
import type { StoreClient } from '../store-client.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** The Node in use against a range such as `>=20.19`. */
export function checkNode(version: string, range: string): Finding {
  const wanted = /^>=\s*(\d+)(?:\.(\d+))?/.exec(range)
  const found = /^v?(\d+)\.(\d+)/.exec(version)
  const tooOld =
    wanted !== null &&
    found !== null &&
    (Number(found[1]) < Number(wanted[1]) ||
      (found[1] === wanted[1] && Number(found[2]) < Number(wanted[2] ?? 0)))
  if (tooOld) return fail('node', `Node ${version} is older than ${range}`, 'Install a newer Node.')
  return ok('node', `Node ${version} (${range} is supported)`)
}

/** Why the config could not be loaded. */
export function configFailure(error: unknown): Finding {
  const failure = describeFailure(error)
  const { message } = failure
  const causes = furtherCauses(failure)
  const why = causes.length === 0 ? message : `${message} (${causes.join(': ')})`
  const advice = message.includes('--backend')
    ? null
    : 'Run `millrace init` for an example, or name a file with --config or a store with --backend.'
  return fail('config', why, advice)
}

/** The config, as it was loaded. */
export function checkConfig(app: StoreClient, path: string): Finding[] {
  const findings: Finding[] = [ok('config', path)]
  if (app.tasks.length === 0) {
    findings.push(warn('tasks', 'no tasks are registered', 'Add them to `tasks` in the config.'))
    return findings
  }
  const bare = app.tasks.filter((task) => !task.runnable).map((task) => task.name)
  const summary = many(app.tasks.length, 'task')
  if (bare.length === 0) findings.push(ok('tasks', summary))
  else {
    const advice = 'Attach them with `declaration.handle(…)` in the config that workers load.'
    findings.push(warn('tasks', `${summary}, without a handler: ${bare.join(', ')}`, advice))
  }
  return findings
}
