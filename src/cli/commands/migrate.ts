/**
 * `millrace migrate`: brings the store's schema up to date.
 * @module
 */
import type { Command } from 'commander'
import { action, type Run, type StoreOptions, withStore } from '../command.ts'
import { withStoreApp } from '../connect.ts'
import { EXIT } from '../exit-codes.ts'

interface MigrateOptions extends StoreOptions {
  readonly dryRun?: boolean
}

/** Defines the command. */
export function define(command: Command, run: Run): void {
  withStore(command).option('--dry-run', 'say what would be done, and do nothing')
  action<MigrateOptions>(command, run, {
    examples: ['millrace migrate', 'millrace migrate --backend sqlite:millrace.db --dry-run'],
    act: ({ options, output, shell }) =>
      withStoreApp({ ...options, create: options.dryRun !== true }, shell, async ({ app }) => {
        const dryRun = options.dryRun === true
        const applied = dryRun ? [] : await app.migrate()
        const { schema, name, location } = await app.info()
        output.document({ location, schema, applied, dryRun })
        if (schema === null) output.text(`${name} needs no schema.`)
        else if (applied.length > 0)
          output.text(`Applied ${applied.join(', ')}: ${location} is at version ${schema.found}.`)
        else if (schema.found === schema.wanted)
          output.text(`Up to date: ${location} is at version ${schema.found}.`)
        else if (schema.found > schema.wanted)
          output.text(
            `${location} is at version ${schema.found}, newer than ${schema.wanted}${dryRun ? '' : ' but usable'}: update Millrace.`,
          )
        else
          output.text(
            `${location} is at version ${schema.found}; \`millrace migrate\` would bring it to ${schema.wanted}.`,
          )
        // Had a newer schema been unusable, migrating would have said so; a dry run has not tried.
        return dryRun && schema !== null && schema.found > schema.wanted ? EXIT.failure : EXIT.ok
      }),
  })
}
