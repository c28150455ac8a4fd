/**
 * Tells when source files of a project change.
 * @module
 */
import { type Dirent, type FSWatcher, watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, extname, join, relative } from 'node:path'

/** Folders that are built or installed, and folders of other tools. */
const IGNORED_FOLDERS = new Set(['node_modules', 'dist', 'build', 'coverage'])

/**
 * What a project is written in. Anything else a handler may itself write (a picture, a report, the store's
 * own files), and a worker that restarts because it worked never ends.
 */
const SOURCES = new Set(['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx', '.json'])

/** What to watch. */
export interface WatchOptions {
  readonly folder: string
  /** Further folder names to leave out. */
  readonly ignore: readonly string[]
  /** Nothing has changed for so many ms: an editor writes a file in several steps. */
  readonly quietMs: number
  /** Paths that changed, relative to the folder. */
  readonly onChange: (paths: readonly string[]) => void
  readonly onError: (error: Error) => void
}

/** Watches until the answer is called. Resolves once every folder is watched. */
export async function watchSources(options: WatchOptions): Promise<() => void> {
  const watchers = new Map<string, FSWatcher>()
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const notice = (path: string): void => {
    changed.add(relative(options.folder, path))
    clearTimeout(timer)
    timer = setTimeout(() => {
      const paths = [...changed].sort()
      changed.clear()
      options.onChange(paths)
    }, options.quietMs)
  }

  // Folder by folder, not `recursive`: on Linux that would watch every file of node_modules before it asks.
  const add = async (folder: string, isNew: boolean): Promise<void> => {
    if (closed) return
    // A folder of this name may have gone and come back: the watcher of the old one hears nothing any more.
    watchers.get(folder)?.close()
    const watcher = watch(folder, (_event, name) => {
      if (name === null) return
      const path = join(folder, name)
      if (isSource(name)) notice(path)
      else if (extname(name) === '' && !isIgnored(name, options.ignore))
        add(path, true).catch(ignoreGone(options))
    })
    watcher.on('error', ignoreGone(options))
    watchers.set(folder, watcher)
    for (const entry of await entriesOf(folder, watcher)) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && !isIgnored(entry.name, options.ignore)) await add(path, isNew)
      else if (isNew && isSource(entry.name)) notice(path)
    }
  }
  await add(options.folder, false)

  return () => {
    closed = true
    clearTimeout(timer)
    for (const watcher of watchers.values()) watcher.close()
  }
}

async function entriesOf(folder: string, watcher: FSWatcher): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    // No folder, or gone again.
    watcher.close()
    throw error
  }
}

function isSource(name: string): boolean {
  return SOURCES.has(extname(name)) || basename(name).startsWith('.env')
}

function isIgnored(name: string, more: readonly string[]): boolean {
  return name.startsWith('.') || IGNORED_FOLDERS.has(name) || more.includes(name)
}

/** A folder that came and went, or a file without an extension, is nothing to watch. */
function ignoreGone(options: WatchOptions): (error: unknown) => void {
  return (error) => {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOENT' && code !== 'ENOTDIR') options.onError(error as Error)
  }
}
