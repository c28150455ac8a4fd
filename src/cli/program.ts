/**
 * Builds the command line and runs one command of it.
 * @module
 */
import { Command, CommanderError } from 'commander'
import { CATALOGUE, type CatalogueEntry, findCommand, GROUPS } from './catalogue.ts'
import type { Run } from './command.ts'
import { EXIT } from './exit-codes.ts'
import { printFailure, usageError } from './failure.ts'
import type { Shell } from './shell.ts'
import { readPackage } from './version.ts'

/** Runs `millrace` with these arguments (without node and script); answers the exit code and never throws. */
export async function runCommandLine(given: readonly string[], shell: Shell): Promise<number> {
  const args = withoutHelpWord(given)
  // Flags are looked for by hand: where the arguments cannot be parsed, nobody else knows them.
  const how = { json: args.includes('--json'), debug: args.includes('--debug') }
  const run: Run = { shell, exitCode: EXIT.ok }
  try {
    const chosen = findCommand(args)
    const root = buildRoot(shell)
    for (const entry of CATALOGUE) addCommand(root, entry)
    if (chosen !== undefined) {
      const module = await chosen.load()
      module.define(commandAt(root, chosen), run)
    }
    await root.parseAsync([...args], { from: 'user' })
    return run.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return onCommanderError(error, args, shell, how)
    return printFailure(error, shell, how)
  }
}

function buildRoot(shell: Shell): Command {
  const root = new Command('millrace')
    .description('Background jobs: run workers, enqueue, look at jobs and correct them.')
    .usage('<command> [options]')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => void shell.stdout.write(text),
      writeErr: (text) => void shell.stderr.write(text),
      // Errors are printed once, in `onCommanderError`, in the form all errors have.
      outputError: () => undefined,
    })
  root.option('-v, --version', 'show the version')
  root.on('option:version', () => {
    shell.stdout.write(`${readPackage().version}\n`)
    throw new CommanderError(EXIT.ok, 'commander.version', '')
  })
  root.addHelpText('after', '\n`millrace <command> --help` explains a command, with examples.')
  return root
}

function addCommand(root: Command, entry: CatalogueEntry): void {
  const [first, second] = entry.path
  if (second === undefined) {
    plain(root.command(first), entry.summary).helpGroup(`${entry.section}:`)
    return
  }
  let group = root.commands.find((command) => command.name() === first)
  if (group === undefined) {
    const facts = GROUPS[first]
    group = plain(root.command(first), facts?.summary ?? '').helpGroup(`${facts?.section ?? entry.section}:`)
  }
  plain(group.command(second), entry.summary)
}

function plain(command: Command, summary: string): Command {
  return command
    .description(sentence(summary))
    .summary(summary)
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`
}

function commandAt(root: Command, entry: CatalogueEntry): Command {
  let command = root
  for (const word of entry.path) {
    const next = command.commands.find((candidate) => candidate.name() === word)
    if (next === undefined) throw new Error(`The catalogue's command ${entry.path.join(' ')} was not built.`)
    command = next
  }
  return command
}

/** `millrace help jobs list` is `millrace jobs list --help`. */
function withoutHelpWord(args: readonly string[]): readonly string[] {
  return args[0] === 'help' ? [...args.slice(1), '--help'] : args
}

function onCommanderError(
  error: CommanderError,
  args: readonly string[],
  shell: Shell,
  how: { json: boolean; debug: boolean },
): number {
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return EXIT.ok
  // A group without a command: commander has printed the help page on standard error.
  if (error.code === 'commander.help') return EXIT.usage
  const words = findCommand(args)?.path ?? (args[0] !== undefined && args[0] in GROUPS ? [args[0]] : [])
  const message = error.message.replace(/^error: /, '').replace(/\n\(/, ' (')
  const where = ['millrace', ...words, '--help'].join(' ')
  return printFailure(usageError(capital(message), `Run \`${where}\` to see what it takes.`), shell, how)
}

function capital(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`
}
