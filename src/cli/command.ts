/**
 * What all commands share: their common options, their action, their examples.
 * @module
 */
import type { Command } from 'commander'
import { createOutput, type Output } from './output.ts'
import type { Shell } from './shell.ts'

/** One run of the command: its shell, and the exit code its action came to. */
export interface Run {
  readonly shell: Shell
  exitCode: number
}

/** Options every command has. */
export interface CommonOptions {
  readonly json?: boolean
  readonly debug?: boolean
}

/** Options of commands that need the project's tasks. */
export interface ConfigOptions extends CommonOptions {
  readonly config?: string
}

/** Options of commands that need a store, with or without the project's tasks. */
export interface StoreOptions extends ConfigOptions {
  readonly backend?: string
}

/** A module under `commands/`: fills in the options and the action of an empty command. */
export interface CommandModule {
  define(command: Command, run: Run): void
}

/** Adds `--config`. */
export function withConfig(command: Command): Command {
  return command.option(
    '--config <file>',
    'config file (default: millrace.config.ts, .js or .mjs, found upwards)',
  )
}

/** Adds `--backend` and `--config`. */
export function withStore(command: Command): Command {
  const meaning = 'store to use instead of the config’s, such as sqlite:millrace.db; needs no config file'
  return withConfig(command.option('--backend <url>', meaning))
}

/** What an action gets. */
export interface ActionCall<Options> {
  /** Positional arguments; one that may be repeated is an array. */
  readonly args: readonly unknown[]
  readonly options: Options
  readonly output: Output
  readonly shell: Shell
}

/** Adds `--json`, `--debug`, the examples and the action. The action answers the exit code. */
export function action<Options extends CommonOptions>(
  command: Command,
  run: Run,
  how: { readonly examples: readonly string[]; readonly act: (call: ActionCall<Options>) => Promise<number> },
): void {
  command
    .option('--json', 'print JSON instead of text')
    .option('--debug', 'print the stack of an error')
    .addHelpText('after', `\nExamples:\n${how.examples.map((line) => `  $ ${line}`).join('\n')}`)
    .action(async () => {
      const options = command.opts<Options>()
      const output = createOutput(run.shell, options.json === true)
      run.exitCode = await how.act({ args: command.processedArgs, options, output, shell: run.shell })
    })
}
