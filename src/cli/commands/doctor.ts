/**
 * `millrace doctor`: looks at everything a job needs, and says what to do.
 * @module
 */
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../command.ts'
import { type Store, withStoreApp } from '../connect.ts'
import { type Finding, ok } from '../doctor/finding.ts'
import { checkConfig, checkNode, configFailure } from '../doctor/project.ts'
import { checkDisk, checkStore, checkWriting } from '../doctor/store.ts'
import { checkWork } from '../doctor/work.ts'
import { EXIT } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { oneLine } from '../printable.ts'
import type { Shell } from '../shell.ts'
import type { StoreClient } from '../store-client.ts'
import { readPackage } from '../version.ts'

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Check config, store, clock, schema and workers, and say what to do. Exits 1 where something fails.',
  )
  withStore(command)
  action<StoreOptions>(command, run, {
    examples: ['millrace doctor', 'millrace doctor --backend sqlite:millrace.db --json'],
    act: async ({ options, output, shell }) => {
      const findings = await examine(options, shell)
      const failed = findings.some((finding) => finding.status === 'fail')
      output.document({ ok: !failed, checks: findings })
      print(findings, output)
      return failed ? EXIT.failure : EXIT.ok
    },
  })
}

async function examine(options: StoreOptions, shell: Shell): Promise<Finding[]> {
  const { version, nodeRange } = readPackage()
  const findings = [checkNode(process.version, nodeRange)]
  let opened = false
  try {
    await withStoreApp(options, shell, async (store) => {
      opened = true
      findings.push(...configOf(store), ...(await examineStore(store.app, version)))
    })
  } catch (error) {
    if (opened) throw error
    findings.push(configFailure(error))
  }
  return findings
}

function configOf({ app, configPath }: Store): Finding[] {
  return configPath === null ? [ok('config', 'not needed with --backend')] : checkConfig(app, configPath)
}

async function examineStore(app: StoreClient, version: string): Promise<Finding[]> {
  const { info, findings } = await checkStore(app)
  if (info === null || findings.some((finding) => finding.status === 'fail')) return [...findings]
  const disk = await checkDisk(info)
  const backend = await app.ready()
  const work = backend.records === undefined ? [] : await checkWork(app, version)
  return [...findings, await checkWriting(backend), ...(disk === null ? [] : [disk]), ...work]
}

function print(findings: readonly Finding[], output: Output): void {
  const styles = { ok: 'green', warn: 'yellow', fail: 'red' } as const
  const width = Math.max(...findings.map((finding) => finding.check.length))
  for (const { check, status, summary, advice } of findings) {
    output.text(
      `${output.style(styles[status], status.padEnd(4))}  ${check.padEnd(width)}  ${oneLine(summary)}`,
    )
    if (advice !== null)
      output.text(`${' '.repeat(width + 8)}${output.style('cyan', '→')} ${oneLine(advice)}`)
  }
}
