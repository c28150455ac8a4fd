/**
 * The scripts with their keys. All keys of a namespace have one tag, so that a cluster keeps them together.
 * @module
 */
import { createHash } from 'node:crypto'
import { scripts } from './scripts.gen.ts'

/** The name of a file in `scripts/`. */
export type ScriptName = keyof typeof scripts

/** A script as it is sent. */
interface NamedScript {
  readonly sha: string
  readonly code: string
  readonly keys: readonly string[]
}

/** The scripts of one namespace. */
export class Scripts {
  readonly #tag: string
  readonly #known = new Map<ScriptName, NamedScript>()

  constructor(namespace: string) {
    this.#tag = `{millrace:${namespace}}:`
  }

  /** The whole name of a key, or of a channel. */
  key(name: string): string {
    return this.#tag + name
  }

  get(name: ScriptName): NamedScript {
    let script = this.#known.get(name)
    if (script === undefined) {
      const { code, keys } = scripts[name]
      const sha = createHash('sha1').update(code).digest('hex')
      script = { sha, code, keys: keys.map((key) => this.key(key)) }
      this.#known.set(name, script)
    }
    return script
  }
}
