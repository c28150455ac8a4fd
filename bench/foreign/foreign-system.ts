/**
 * A job system of another language: its producer and its worker are processes of their own. The producer is told what
 * to store by lines; each run writes a line with the job's number to a file, which is read here.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parts, until } from '../calls.ts'
import { type Input, TEXT } from '../input.ts'
import { cpuMsOf } from '../server.ts'
import type { OpenSettings, OpenSystem, ServerSettings, System, WorkOrder } from '../system.ts'

/** A program and its arguments. */
type Command = readonly [program: string, ...args: string[]]

/** What differs between such systems. */
export interface ForeignSystem {
  readonly name: string
  readonly producer: () => Command
  readonly worker: (slots: number) => Command
}

/** Folder of the programs. */
export const FOLDER = fileURLToPath(new URL('.', import.meta.url))

/** Makes a system of it. */
export function foreignSystem(foreign: ForeignSystem): System<OpenSettings & ServerSettings> {
  return { name: foreign.name, store: 'redis', open: async (settings) => new Foreign(foreign, settings) }
}

class Foreign implements OpenSystem {
  readonly #foreign: ForeignSystem
  readonly #file: string
  readonly #env: Readonly<Record<string, string | undefined>>
  #producer: ChildProcess | undefined
  #worker: ChildProcess | undefined
  #ran = 0

  constructor(foreign: ForeignSystem, { file, url }: OpenSettings & ServerSettings) {
    this.#foreign = foreign
    this.#file = file
    this.#env = {
      ...process.env,
      BENCH_REDIS_URL: url,
      BENCH_RUNS: `${file}-runs`,
      BENCH_BOOTED: `${file}-booted`,
      BENCH_GO: `${file}-go`,
      PYTHONDONTWRITEBYTECODE: '1',
    }
  }

  batches(inputs: readonly Input[], size: number) {
    return parts(inputs, size).map((batch) => () => this.#store(batch[0]?.n ?? 0, batch.length))
  }

  singles(): never {
    throw new Error(`${this.#foreign.name} is measured in batches only.`)
  }

  enqueue({ n }: Input): Promise<void> {
    return this.#store(n, 1)
  }

  async boot(slots: number): Promise<void> {
    const worker = this.#spawn(this.#foreign.worker(slots), 'ignore')
    this.#worker = worker
    await until(async () => {
      if (worker.exitCode !== null) throw new Error(`${this.#foreign.name}'s worker ended at its start.`)
      return existsSync(`${this.#file}-booted`)
    })
  }

  async work(order: WorkOrder) {
    const worker = this.#worker
    if (worker === undefined) throw new Error('Its worker has to be booted first.')
    writeFileSync(`${this.#file}-go`, '')
    return {
      drained: this.#readRuns(order),
      stop: async () => {
        worker.kill('SIGTERM')
        if (worker.exitCode === null) await once(worker, 'exit')
        this.#worker = undefined
      },
    }
  }

  async succeeded(): Promise<number> {
    return this.#ran
  }

  readonly otherCpuMs = (): number =>
    [this.#producer, this.#worker].reduce(
      (sum, child) => sum + (child?.pid === undefined ? 0 : (cpuMsOf(child.pid) ?? 0)),
      0,
    )

  async close(): Promise<void> {
    for (const child of [this.#producer, this.#worker]) child?.kill('SIGKILL')
  }

  async #store(first: number, count: number): Promise<void> {
    this.#producer ??= this.#spawn(this.#foreign.producer(), 'pipe')
    const { stdin, stdout } = this.#producer
    if (stdin === null || stdout === null) throw new Error('The producer has no pipes.')
    stdin.write(`${first} ${count}\n`)
    const [chunk] = (await once(stdout, 'readable').then(() => [stdout.read()])) as [Buffer | null]
    // The end of its output: it died.
    if (chunk === null) throw new Error(`${this.#foreign.name}'s producer ended.`)
  }

  #spawn([program, ...args]: Command, pipe: 'pipe' | 'ignore'): ChildProcess {
    const child = spawn(program, args, { cwd: FOLDER, env: this.#env, stdio: [pipe, pipe, 'pipe'] })
    // They have much to say that tells nothing about jobs, such as that it is time to upgrade something.
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000)
    })
    child.once('exit', (code) => {
      if (code !== 0 && code !== null) process.stderr.write(said)
    })
    // It must not outlive this process, however that ends.
    process.once('exit', () => child.kill('SIGKILL'))
    return child
  }

  /** Follows the file until so many jobs ran. */
  async #readRuns({ total, onRun }: WorkOrder): Promise<void> {
    const path = `${this.#file}-runs`
    await until(async () => existsSync(path))
    const file = openSync(path, 'r')
    const chunk = Buffer.alloc(1 << 16)
    let rest = ''
    await until(async () => {
      for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
        const lines = (rest + chunk.toString('latin1', 0, size)).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) onRun({ n: Number(line), at: 0, text: TEXT })
        this.#ran += lines.length
      }
      return this.#ran >= total
    })
  }
}
