/**
 * An error with its stack and its causes.
 * @module
 */
import type { ErrorView } from '../../protocol.ts'

/** Libraries and Node itself are seldom where the mistake is. */
const FOREIGN = /node_modules|\(?node:/

/** The error, and below it what caused it. */
export function ErrorBlock({ error, open = true }: { error: ErrorView; open?: boolean }) {
  return (
    <div class="error">
      <p class="error-head">
        <b>{error.name}</b>
        {error.code !== null && <code class="tag">{error.code}</code>}
      </p>
      <p class="error-message">{error.message}</p>
      {error.stack !== null && (
        <details open={open}>
          <summary>Stack</summary>
          <section class="trace" tabindex={0} aria-label="Stack">
            <pre>
              {frames(error.stack).map((line) => (
                <span class={FOREIGN.test(line) ? 'quiet' : undefined}>{line}</span>
              ))}
            </pre>
          </section>
        </details>
      )}
      {error.cause !== null && (
        <div class="cause">
          <p class="quiet">Caused by</p>
          <ErrorBlock error={error.cause} open={false} />
        </div>
      )}
    </div>
  )
}

/** The lines below the message, which stands above already. */
function frames(stack: string): string[] {
  const lines = stack.split('\n')
  const first = lines.findIndex((line) => /^\s+at /.test(line))
  return (first === -1 ? lines : lines.slice(first)).map((line) => line.trim())
}
