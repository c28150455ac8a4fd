/**
 * `millrace init`: a config file and an example task to start from.
 * @module
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { action, type CommonOptions, type Run } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { refusedError, usageError } from '../failure.ts'
import { type ScaffoldFile, type ScaffoldLanguage, scaffold } from '../scaffold.ts'

interface InitOptions extends CommonOptions {
  readonly js?: boolean
  readonly force?: boolean
}

/** Scripts that are suggested for `package.json`. */
const SCRIPTS = { dev: 'millrace dev', work: 'millrace work' }

/** Defines the command. */
export function define(command: Command, run: Run): void {
  command
    .option('--js', 'JavaScript instead of TypeScript')
    .option('--force', 'overwrite files that are there')
  action<InitOptions>(command, run, {
    examples: ['millrace init', 'millrace init --js --json'],
    act: async ({ options, output, shell }) => {
      const language: ScaffoldLanguage = options.js === true ? await javascriptOf(shell.cwd) : 'ts'
      const files = scaffold(language)
      const there = files.filter((file) => existsSync(join(shell.cwd, file.path))).map((file) => file.path)
      if (there.length > 0 && options.force !== true) {
        throw refusedError(
          'refused',
          `Nothing was written: ${there.join(' and ')} would be overwritten.`,
          'Add --force to overwrite.',
        )
      }
      for (const file of files) await write(shell.cwd, file)
      output.document({ created: files.map((file) => file.path), overwritten: there, scripts: SCRIPTS })
      for (const file of files) output.text(`${output.style('green', 'wrote')}  ${file.path}`)
      output.text()
      output.text('Scripts for your package.json:')
      for (const [name, script] of Object.entries(SCRIPTS)) output.text(`  "${name}": "${script}"`)
      output.text()
      output.text('Then, in two terminals:')
      output.text('  $ npx millrace dev')
      output.text(`  $ npx millrace enqueue send-welcome-email '{"to":"alice@example.com"}' --wait`)
      return EXIT.ok
    },
  })
}

async function write(folder: string, file: ScaffoldFile): Promise<void> {
  const path = join(folder, file.path)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, file.text)
}

/** The files use `import`, which a `.js` file only may where the package says so; `.mjs` always may. */
async function javascriptOf(folder: string): Promise<'js' | 'mjs'> {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) return 'mjs'
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as { type?: string } | null
    return manifest?.type === 'module' ? 'js' : 'mjs'
  } catch (error) {
    throw usageError(
      `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      'Mend it first.',
    )
  }
}
