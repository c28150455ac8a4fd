/**
 * The terminal's other screen: taken over, drawn on, and given back as it was.
 * @module
 */
import type { Shell } from '../shell.ts'

const ESC = '\u001b['
/** Other screen, no cursor, no wrapping of long lines. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`

/** A terminal taken over. */
export interface Screen {
  /** Draws lines from the top; what was there before is gone. */
  draw(lines: readonly string[]): void
  readonly rows: () => number
  /** Gives the terminal back. Harmless when called twice. */
  leave(): void
}

/** What the user did. */
export interface ScreenEvents {
  readonly onKey: (key: string) => void
  readonly onResize: () => void
}

/** Takes the terminal over. */
export function enterScreen(shell: Shell, events: ScreenEvents): Screen {
  const { stdout } = shell
  const input = process.stdin
  const onData = (data: Buffer): void => {
    for (const key of data.toString('utf8')) events.onKey(key)
  }
  let left = false
  const leave = (): void => {
    if (left) return
    left = true
    input.off('data', onData)
    if (input.isTTY) input.setRawMode(false)
    input.pause()
    process.stdout.off('resize', events.onResize)
    process.off('exit', leave)
    stdout.write(LEAVE)
  }
  stdout.write(ENTER)
  if (input.isTTY) input.setRawMode(true)
  input.on('data', onData)
  process.stdout.on('resize', events.onResize)
  // Whatever ends the process, the terminal must be usable afterwards.
  process.on('exit', leave)
  return {
    draw: (lines) => {
      // Each line clears its own rest and the last one what is below: no flicker, as nothing is blanked first.
      stdout.write(`${ESC}H${lines.join(`${ESC}K\r\n`)}${ESC}K${ESC}J`)
    },
    // A terminal whose size nobody told has none.
    rows: () => (stdout.rows === undefined || stdout.rows === 0 ? 24 : stdout.rows),
    leave,
  }
}
