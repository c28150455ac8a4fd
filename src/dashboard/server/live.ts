/**
 * Tells open pages of each look at the store, by server-sent events; they fetch what they show.
 * @module
 */
import type { Site } from './site.ts'

const COMMENT_EVERY_MS = 15_000
/** So that a browser which lost the connection does not hammer. */
const RETRY_MS = 3_000

/** The stream of one page. It ends when the page goes. */
export function liveStream(site: Site, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let stop = (): void => undefined
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string): void => controller.enqueue(encoder.encode(text))
      const unwatch = site.sampler.watch(({ sample, trouble }) => {
        send(`event: look\ndata: ${JSON.stringify({ at: sample.at, stale: trouble !== null })}\n\n`)
      })
      // Proxies close what is silent.
      const comments = setInterval(() => send(': still here\n\n'), COMMENT_EVERY_MS)
      comments.unref()
      stop = () => {
        unwatch()
        clearInterval(comments)
        signal.removeEventListener('abort', end)
      }
      const end = (): void => {
        stop()
        controller.close()
      }
      signal.addEventListener('abort', end, { once: true })
      send(`retry: ${RETRY_MS}\n\n`)
    },
    cancel: () => stop(),
  })
}
