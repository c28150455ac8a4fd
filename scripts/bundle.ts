/**
 * Compiles src/ to JavaScript, bundled: each file that Node imports costs half a millisecond of CPU, and an
 * app with its store is a hundred sources. What is loaded by path has its file in dist/, as in src/; all code
 * is in dist/bundles/, once, so that a class is the same class from whichever door it comes.
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'
import { parseSync, Visitor } from 'rolldown/utils'
import { doors } from '../doors.ts'

/** What is loaded by its path. */
const ENTRIES = [
  ...Object.values(doors),
  'src/cli/main.ts',
  // Threads and child processes; they do something when loaded, so that no bundle may hold them.
  ...sources().filter((file) => /-(?:thread|child)\.ts$/.test(file)),
  // Parts that tests run by themselves.
  ...[
    'default-module',
    'heart-thread',
    'isolate-children',
    'isolate-errors',
    'isolation',
    'load-backend',
  ].map((part) => `src/app/${part}.ts`),
  ...['src/app/load-module.ts', 'src/engine/throwables.ts', 'src/kit/event-bus.ts'],
  ...['src/cli/config.ts', 'src/cli/supervisor.ts', 'src/cli/supervisor/link.ts'],
]

/**
 * What is always loaded together; the imports of these sources come along, unless an earlier bundle has them.
 * The rest is bundled by who needs it.
 */
const BUNDLES = [
  { name: 'contract', test: /^src\/contract\// },
  {
    name: 'core',
    test: /^src\/(?:kit\/|app\/(?:default-module|load-backend|load-module|millrace)\.ts$|engine\/(?:task|throwables)\.ts$)/,
  },
  { name: 'worker', test: /^src\/app\/worker-parts\.ts$/ },
  { name: 'sqlite', test: /^src\/backends\/sqlite\/index\.ts$/ },
  { name: 'command', test: /^src\/cli\/program\.ts$/ },
  {
    name: 'store-command',
    test: /^src\/cli\/(?:command|config|connect|overview-tables|store-client|values)\.ts$/,
  },
]

/** Stands in a bundle for the place of a source, until the bundle's own place is known. */
const PLACE = /@place:([\w./-]+)/g

function posix(path: string): string {
  return path.split(sep).join('/')
}

/** `src/app/millrace.ts`, wherever the folder is. */
function sourceName(id: string): string {
  return posix(relative('.', id))
}

/** All of src/ that Node runs, which the dashboard's page is not. */
function sources(): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).map((file) => `src/${posix(file)}`)
  return files.filter((file) => /(?<!\.d)\.ts$/.test(file) && !file.startsWith('src/dashboard/ui/'))
}

/** `src/app/millrace.ts` → `app/millrace` */
function outputName(source: string): string {
  return source.replace(/^src\//, '').replace(/\.tsx?$/, '')
}

/** `import.meta.url` goes on to mean the source's own place below dist/, so that it finds its neighbours. */
const keepPlaces: Plugin = {
  name: 'keep-places',
  transform: {
    filter: { code: 'import.meta.url' },
    handler(code, id) {
      const place = `({ url: new URL('@place:${outputName(sourceName(id))}.js', import.meta.url).href })`
      let placed = code
      // From the last to the first, as each moves what stands behind it. Parsed, because texts name it as well.
      for (const { start, end } of metaProperties(id, code).reverse()) {
        placed = placed.slice(0, start) + place + placed.slice(end)
      }
      return { code: placed, map: null }
    },
  },
  renderChunk(code, chunk) {
    if (!code.includes('@place:')) return null
    const from = dirname(chunk.fileName)
    return code.replace(PLACE, (_, file: string) => `./${posix(relative(from, file))}`)
  },
}

/** Where `import.meta` is meant. */
function metaProperties(id: string, code: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  const visitor = new Visitor({ MetaProperty: (node) => void found.push(node) })
  visitor.visit(parseSync(id, code).program)
  return found
}

async function bundle() {
  const build = await rolldown({
    input: Object.fromEntries(ENTRIES.map((source) => [outputName(source), source])),
    platform: 'node',
    tsconfig: 'tsconfig.build.json',
    external: (id) => !id.startsWith('.') && !isAbsolute(id) && !id.startsWith('src/'),
    transform: { target: 'node20.19' },
    plugins: [keepPlaces],
    checks: { pluginTimings: false },
    onLog(level, log, next) {
      // Places change within their line, and lines are what a stack trace needs.
      if (log.code !== 'SOURCEMAP_BROKEN') next(level, log)
    },
  })
  const { output } = await build.generate({
    format: 'esm',
    sourcemap: true,
    minifyInternalExports: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'bundles/[name].js',
    codeSplitting: {
      groups: BUNDLES.map(({ name, test }) => ({ name, test: (id: string) => test.test(sourceName(id)) })),
    },
  })
  await build.close()
  return output
}

/** Writes a file unless it is there already: a program that runs from dist/ need not notice a build. */
function write(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** Removes what an earlier build made and this one did not. */
function prune(written: ReadonlySet<string>): void {
  for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' }).map(posix)) {
    if (!/\.js(?:\.map)?$/.test(file) || file.startsWith('dashboard/') || written.has(file)) continue
    rmSync(join('dist', file))
  }
}

const output = await bundle()
for (const part of output) {
  write(join('dist', part.fileName), part.type === 'chunk' ? part.code : String(part.source))
}
prune(new Set(output.map((part) => part.fileName)))
