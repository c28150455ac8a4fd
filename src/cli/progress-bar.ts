/**
 * A progress bar on standard error, where that is a terminal.
 * @module
 */
import type { Output } from './output.ts'
import type { Shell } from './shell.ts'

/** A bar, or nothing at all. */
export interface ProgressBar {
  update(done: number, total: number): void
  /** Ends the bar, so that text may follow. */
  stop(): void
}

/** Begins a bar; without a terminal, or with `--json`, it draws nothing. */
export async function progressBar(
  title: string,
  total: number,
  output: Output,
  shell: Shell,
): Promise<ProgressBar> {
  if (output.json || shell.stderr.isTTY !== true) return { update: () => undefined, stop: () => undefined }
  const { default: library } = await import('cli-progress')
  const bar = new library.SingleBar(
    {
      format: `${title} {bar} {percentage}%  {value}/{total}  {eta_formatted} left`,
      hideCursor: true,
      stream: process.stderr,
    },
    library.Presets.shades_classic,
  )
  bar.start(total, 0)
  return {
    update: (done, newTotal) => {
      bar.setTotal(newTotal)
      bar.update(done)
    },
    stop: () => bar.stop(),
  }
}
