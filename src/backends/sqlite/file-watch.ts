/**
 * Notices the commits of others. A change to the `-wal` file is told by the system's file watcher; `PRAGMA data_version`
 * then says whether somebody committed. Behind it runs a cheap poll, since watchers can be unavailable or lose events.
 * @module
 */
import { existsSync, type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { loadBinding } from './binding.ts'
import type { SqliteDatabase, SqliteStatement } from './driver.ts'
import type { SqliteSettings } from './options.ts'

/**
 * Looks after a write to the `-wal` file, each so many ms after the one before. A write comes before its commit
 * is visible: by a moment, or, with `synchronous: full`, by as long as the disk takes. The first of these is
 * also the shortest time between two looks, for under load there is an event for every write.
 */
const LOOK_AGAIN_MS = [1, 2, 4, 8, 16, 32]
/** The poll, in ms, where the options name none: behind a watcher, and in its place. Each look costs a few µs, each timer more. */
const POLL_BEHIND_WATCHER_MS = 500
const POLL_ALONE_MS = 100

/** Watches one database file for other connections' commits. */
export class FileWatch {
  readonly #settings: SqliteSettings
  readonly #changed: () => void
  readonly #poll: NodeJS.Timeout
  #watcher: FSWatcher | undefined
  #database: SqliteDatabase | undefined
  #version: SqliteStatement | undefined
  #seen = -1
  #inode: number
  #again: NodeJS.Timeout | undefined
  /** Looks since the latest write. */
  #looks = 0
  /** There was another write before the first look again. */
  #wroteAgain = false

  constructor(settings: SqliteSettings, changed: () => void) {
    this.#settings = settings
    this.#changed = changed
    this.#inode = inodeOf(settings.file)
    this.#watchFile()
    const usual = this.#watcher === undefined ? POLL_ALONE_MS : POLL_BEHIND_WATCHER_MS
    this.#poll = setInterval(() => this.#pollOnce(), settings.pollIntervalMs ?? usual)
    this.#poll.unref()
    this.#look()
  }

  close(): void {
    clearInterval(this.#poll)
    clearTimeout(this.#again)
    this.#watcher?.close()
    this.#database?.close()
    this.#database = undefined
  }

  /** Watches the folder, since the `-wal` file itself comes and goes. */
  #watchFile(): void {
    const { file } = this.#settings
    const wal = `${basename(file)}-wal`
    try {
      this.#watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
        if (name === wal) this.#wrote()
      })
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      // Some file systems and containers allow no watcher; the poll carries on alone.
      this.#watcher = undefined
    }
  }

  /** Somebody wrote to the `-wal` file. */
  #wrote(): void {
    if (this.#again !== undefined && this.#looks === 0) {
      this.#wroteAgain = true
      return
    }
    this.#looks = 0
    this.#look()
    this.#lookLater()
  }

  #lookLater(): void {
    clearTimeout(this.#again)
    this.#again = setTimeout(() => this.#lookAgain(), LOOK_AGAIN_MS[this.#looks])
    this.#again.unref()
  }

  #lookAgain(): void {
    this.#again = undefined
    this.#look()
    if (this.#wroteAgain) {
      this.#wroteAgain = false
      this.#looks = 0
      this.#lookLater()
      return
    }
    this.#looks += 1
    // Also where a look saw a commit: it may have been that of another write, just before.
    if (this.#looks < LOOK_AGAIN_MS.length) this.#lookLater()
  }

  /** Besides looking, notices that the path leads to another file by now. */
  #pollOnce(): void {
    const inode = inodeOf(this.#settings.file)
    if (inode !== this.#inode) {
      this.#inode = inode
      this.#forget()
    }
    this.#look()
  }

  #forget(): void {
    this.#version = undefined
    this.#database?.close()
    this.#database = undefined
    this.#seen = -1
  }

  /** The version changes with each commit of another connection of any process. */
  #look(): void {
    try {
      this.#version ??= this.#openReader()
      const { data_version: version } = this.#version.get() as { data_version: number }
      if (version === this.#seen) return
      const first = this.#seen === -1
      this.#seen = version
      if (!first) this.#changed()
    } catch {
      // The file may be missing or locked just now. A wake is only a hint: let the subscriber find out.
      this.#forget()
      this.#changed()
    }
  }

  #openReader(): SqliteStatement {
    // Opening would make an empty one.
    if (!existsSync(this.#settings.file)) throw new Error(`${this.#settings.file} does not exist`)
    this.#database = loadBinding(this.#settings.binding).open(this.#settings.file)
    return this.#database.prepare('PRAGMA data_version')
  }
}

/** Which file the path leads to; -1 where there is none. */
export function inodeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? -1
}
