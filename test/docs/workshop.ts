/**
 * A folder outside the repository in which samples are compiled and run as a user's own files would be, with
 * `millrace` installed under its name.
 * @module
 */
import { spawn } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { promisedLines, type Sample } from './samples.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/** What a reader of the pages has installed. */
const PACKAGES = ['@types', 'better-sqlite3', 'ioredis', 'libsql', 'pino', 'vitest', 'zod']

/** A sample that has not ended by then will not. */
const LONGEST_MS = 50_000

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  rewriteRelativeImportExtensions: true,
  skipLibCheck: true,
  inlineSourceMap: true,
  noEmitOnError: false,
}

interface Ended {
  readonly how: string
  readonly ok: boolean
  readonly output: string
  readonly errors: string
}

/** Compiles and runs samples. */
export class Workshop {
  readonly #root = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-docs-')))
  readonly #samples: readonly Sample[]
  readonly #troubles = new Map<string, string[]>()

  constructor(samples: readonly Sample[]) {
    this.#samples = samples
    const modules = join(this.#root, 'node_modules')
    mkdirSync(join(modules, '.bin'), { recursive: true })
    for (const name of PACKAGES)
      symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name), 'junction')
    symlinkSync(REPOSITORY, join(modules, 'millrace'), 'junction')
    writeFileSync(
      join(this.#root, 'package.json'),
      JSON.stringify({ name: 'reader', private: true, type: 'module' }),
    )
    const main = join(REPOSITORY, 'dist/cli/main.js')
    const script = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`
    writeFileSync(join(modules, '.bin/millrace'), script, { mode: 0o755 })
  }

  /** Compiles all samples in one go; what is wrong with each is told by {@link typeErrors}. */
  compile(): void {
    const modules = this.#samples.filter(({ kind }) => kind !== 'shell')
    for (const sample of modules) {
      const path = this.#pathOf(sample)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, sample.module)
    }
    const options = { ...OPTIONS, typeRoots: [join(this.#root, 'node_modules/@types')] }
    const program = ts.createProgram(
      modules.map((sample) => this.#pathOf(sample)),
      options,
    )
    for (const { file, start, messageText } of ts.getPreEmitDiagnostics(program)) {
      const path = file === undefined ? '' : resolve(file.fileName)
      const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1
      const message = ts.flattenDiagnosticMessageText(messageText, '\n')
      this.#troubles.set(path, [...(this.#troubles.get(path) ?? []), `:${line}: ${message}`])
    }
    program.emit()
  }

  /** What the compiler says of the sample, with the page's own lines. */
  typeErrors(sample: Sample): string[] {
    const all = [...(this.#troubles.get(this.#pathOf(sample)) ?? []), ...(this.#troubles.get('') ?? [])]
    return all.map((trouble) => `${sample.page}${trouble}`)
  }

  /** Runs a module in a folder of its own. @throws Error that names the page and the line. */
  async run(sample: Sample): Promise<void> {
    const folder = join(this.#folderOf(sample), `run-${sample.line}`)
    mkdirSync(folder, { recursive: true })
    const script = this.#pathOf(sample).replace(/\.(m?)ts$/, '.$1js')
    const ended = await this.#spawn(process.execPath, ['--enable-source-maps', script], folder)
    if (!ended.ok) throw trouble(sample, ended, ended.how)
    const printed = ended.output.split('\n').map((line) => line.trim())
    for (const line of promisedLines(sample.code)) {
      const at = printed.indexOf(line)
      if (at < 0) throw trouble(sample, ended, `did not print this line: ${line}`)
      printed.splice(at, 1)
    }
  }

  /** Runs commands in the folder of the page's commands. @throws Error that names the page and the line. */
  async runCommands(sample: Sample): Promise<void> {
    const folder = join(this.#folderOf(sample), 'shell')
    mkdirSync(folder, { recursive: true })
    for (const { page, kind, name, ...file } of this.#samples) {
      if (page !== sample.page || kind !== 'file' || name === null || file.line > sample.line) continue
      copyFileSync(join(this.#folderOf(sample), name), join(folder, name))
    }
    const script = sample.code.replace(/^npx millrace/gm, 'millrace')
    const ended = await this.#spawn('sh', ['-euc', script], folder)
    if (!ended.ok) throw trouble(sample, ended, ended.how)
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 })
  }

  #folderOf({ page }: Sample): string {
    return join(this.#root, page.replace(/\.md$/, ''))
  }

  #pathOf(sample: Sample): string {
    return join(this.#folderOf(sample), sample.name ?? `line-${sample.line}.ts`)
  }

  #spawn(command: string, args: readonly string[], cwd: string): Promise<Ended> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_|npm_)/.test(name))
    const path = `${join(this.#root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`
    const env = { ...Object.fromEntries(inherited), PATH: path, NO_COLOR: '1' }
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, LONGEST_MS)
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => {
        clearTimeout(timer)
        const how = late
          ? `did not end within ${LONGEST_MS / 1000} s`
          : `ended with ${signal ?? `code ${code}`}`
        resolve({ how, ok: code === 0 && !late, output, errors })
      })
    })
  }
}

function trouble(sample: Sample, { output, errors }: Ended, what: string): Error {
  const error = new Error(`The sample at ${sample.page}:${sample.line} ${what}\n${errors}${output}`)
  // Where the test stands says nothing about the sample.
  error.stack = `${error.message}`
  return error
}
