/**
 * A progress bar on standard error, where that is a terminal.
 * @module
 */
import { span } from './figures.ts'
import type { Output } from './output.ts'
import type { Shell } from './shell.ts'

/** A bar, or nothing at all. */
export interface ProgressBar {
  update(done: number, total: number): void
  /** Ends the bar, so that text may follow. */
  stop(): void
}

/** A bar that begins with its first update; without a terminal, or with `--json`, it draws nothing. */
export async function progressBar(title: string, output: Output, shell: Shell): Promise<ProgressBar> {
  if (output.json || shell.stderr.isTTY !== true) return { update: () => undefined, stop: () => undefined }
  const { default: library } = await import('cli-progress')
  const bar = new library.SingleBar(
    {
      format: `${title} {bar} {percentage}%  {value}/{total}  {eta_formatted} left`,
      formatTime: remaining,
      hideCursor: true,
      stream: process.stderr,
    },
    library.Presets.shades_classic,
  )
  return {
    update: (done, total) => {
      if (!bar.isActive) bar.start(total, done)
      bar.setTotal(total)
      bar.update(done)
    },
    stop: () => bar.stop(),
  }
}

/** The library says by a word that it does not know yet how long it takes. */
function remaining(seconds: number | string): string {
  return typeof seconds === 'number' ? span(seconds * 1_000) : '…'
}
