/**
 * `millrace schedules drift`: where the schedules that the config declares differ from those in the store.
 * @module
 */
import type { Command } from 'commander'
import type { ScheduleDrift } from '../../../contract/index.ts'
import { action, type ConfigOptions, type Run, withConfig } from '../../command.ts'
import { withProject } from '../../connect.ts'
import { EXIT } from '../../exit-codes.ts'
import { renderTable } from '../../table.ts'

interface DriftOptions extends ConfigOptions {
  readonly apply?: boolean
}

const MEANING: Readonly<Record<ScheduleDrift['kind'], string>> = {
  missing: 'declared, and not in the store',
  changed: 'declared differently',
  undeclared: 'in the store, and no longer declared',
  taken: 'declared, and the store has a dynamic one or another group’s of this name',
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command.description(
    'Show where the schedules that the config declares differ from those in the store. A worker brings the store up ' +
      'to date when it starts. Exits 1 where they differ.',
  )
  withConfig(command).option('--apply', 'bring the store up to date now')
  action<DriftOptions>(command, run, {
    examples: ['millrace schedules drift', 'millrace schedules drift --apply --json'],
    act: ({ options, output, shell }) =>
      withProject(options, shell, async ({ app }) => {
        const applied = options.apply === true ? await app.schedules.reconcile() : null
        const drift = await app.schedules.drift()
        output.document({ applied, drift })
        for (const word of ['added', 'changed', 'removed'] as const) {
          for (const name of applied?.[word] ?? []) output.text(`${word} ${name}`)
        }
        const columns = [
          { title: 'schedule', value: ({ name }: ScheduleDrift) => name, max: 40 },
          { title: 'drift', value: ({ kind }: ScheduleDrift) => kind },
          {
            title: 'meaning',
            value: ({ kind, differs }: ScheduleDrift) =>
              differs.length === 0 ? MEANING[kind] : `${MEANING[kind]}: ${differs.join(', ')}`,
            max: 120,
          },
        ]
        if (drift.length === 0) output.text('Config and store agree.')
        else for (const line of renderTable(drift, columns, output.style)) output.text(line)
        return drift.length === 0 ? EXIT.ok : EXIT.failure
      }),
  })
}
