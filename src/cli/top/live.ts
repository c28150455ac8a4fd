/**
 * The live view: looks each second, draws, obeys keys.
 * @module
 */
import { EXIT, exitCodeOfSignal } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { oneLine } from '../printable.ts'
import type { Shell } from '../shell.ts'
import type { StoreClient } from '../store-client.ts'
import { onStopSignals } from '../worker/stop-signals.ts'
import { type Frame, takeFrame } from './frame.ts'
import { enterScreen } from './screen.ts'
import { fitToScreen, viewLines } from './view.ts'

const FAILURES = 5

/** Runs until `q`, Ctrl+C or a signal; answers the exit code. */
export async function runLive(
  app: StoreClient,
  everyMs: number,
  output: Output,
  shell: Shell,
): Promise<number> {
  let frame: Frame | null = null
  let trouble: string | null = null
  let paused = false
  let exitCode: number | null = null
  let wake: () => void = () => undefined

  const end = (code: number): void => {
    exitCode = code
    wake()
  }
  const draw = (): void => {
    const lines = frame === null ? ['Looking at the store …'] : viewLines(frame, output.style)
    screen.draw(fitToScreen(lines, footLine(paused, trouble, output), screen.rows()))
  }
  const screen = enterScreen(shell, {
    onKey: (key) => {
      if (key === 'q') end(EXIT.ok)
      if (key === '\u0003') end(EXIT.interrupted)
      if (key === 'p' || key === ' ') {
        paused = !paused
        draw()
      }
    },
    onResize: draw,
  })
  const stopListening = onStopSignals((signal) => end(exitCodeOfSignal(signal)))
  try {
    while (exitCode === null) {
      if (!paused) {
        try {
          frame = await takeFrame(app, frame, FAILURES)
          trouble = null
        } catch (error) {
          // A store that is away for a while is worth watching: the last look stays, with the reason below it.
          trouble = oneLine(error instanceof Error ? error.message : String(error))
        }
        draw()
      }
      await pause(everyMs, (resolve) => {
        wake = resolve
        if (exitCode !== null) resolve()
      })
    }
    return exitCode
  } finally {
    stopListening()
    screen.leave()
  }
}

function footLine(paused: boolean, trouble: string | null, output: Output): string {
  const { style } = output
  const keys = `${style('inverse', ' q ')} quit  ${style('inverse', ' p ')} ${paused ? 'go on' : 'pause'}`
  if (trouble !== null) return `${keys}  ${style('red', trouble)}`
  return paused ? `${keys}  ${style('yellow', 'paused')}` : keys
}

/** Waits, or less where `hold`'s resolver is called. */
function pause(ms: number, hold: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    hold(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
