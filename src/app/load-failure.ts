/**
 * Says why a module could not be loaded, with file and line where anything knows them.
 * @module
 */
import { fileURLToPath } from 'node:url'

const LOOK_MS = 5_000

/** `file:///x.mjs:3` or `/x.cjs:3` on a line of its own, as Node prints it above an uncaught error. */
const PLACE = /^((?:file:\/\/)?\S.*?):(\d+)(?::\d+)?\s*$/m

/** One or two sentences on why the module could not be loaded. */
export async function describeLoadFailure(error: unknown, url: string, path: string): Promise<string> {
  const message = error instanceof Error ? error.message : String(error)
  const jiti = /^ParseError: ([\s\S]*?)\s*\n\s*(.+:\d+:\d+)$/.exec(message)
  if (jiti !== null) return `Syntax error in ${jiti[2]}: ${jiti[1]}.`
  if (error instanceof SyntaxError && isLoadersOwn(error)) {
    return `Syntax error in ${(await placeOfSyntaxError(url)) ?? path}: ${message}.`
  }
  const place = isLoadersOwn(error) ? null : firstUserFrame(error)
  return `${path} could not be loaded: ${message}${place === null ? '' : ` (at ${place})`}`
}

/** Node's own module loader threw it, before any code of the module ran; `JSON.parse` and the like have other frames. */
function isLoadersOwn(error: unknown): boolean {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return false
  const firstFrame = error.stack.split('\n').find((line) => /^\s+at /.test(line))
  return firstFrame?.includes('node:internal/modules/') ?? false
}

function firstUserFrame(error: unknown): string | null {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return null
  for (const line of error.stack.split('\n')) {
    const frame = /^\s+at (?:.*\()?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line)
    if (frame?.[1] !== undefined && !isOurOwn(frame[1])) return toPath(frame[1])
  }
  return null
}

function isOurOwn(place: string): boolean {
  return /[\\/](?:load-module\.|dist[\\/]bundles[\\/]|node_modules[\\/]jiti[\\/])/.test(place)
}

/**
 * Node keeps the place of a syntax error to itself unless nobody catches the error, so another Node is asked.
 * Nothing of the module runs there: it does not parse.
 */
async function placeOfSyntaxError(url: string): Promise<string | null> {
  const { execFile } = await import('node:child_process')
  const script = `import(${JSON.stringify(url)})`
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['-e', script],
      { timeout: LOOK_MS, windowsHide: true },
      (_failed, _out, errors) => {
        const found = PLACE.exec(errors)
        resolve(found?.[1] === undefined ? null : toPath(`${found[1]}:${found[2]}`))
      },
    )
  })
}

function toPath(place: string): string {
  if (!place.startsWith('file:')) return place
  const [, url = place, position = ''] = /^(.*?)((?::\d+)+)$/.exec(place) ?? []
  return `${fileURLToPath(url)}${position}`
}
