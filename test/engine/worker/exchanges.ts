/**
 * A store between whose exchanges and their worker a test can step.
 * @module
 */
import type { Backend, ExchangeReply, ExchangeRequest } from '../../../src/contract/index.ts'
import { BackendError } from '../../../src/contract/index.ts'

/** Carries an exchange out, or does something else. */
export type Step = (request: ExchangeRequest, call: Backend['exchange']) => Promise<ExchangeReply>

/** Every exchange that was asked for, and what happens to those that come. */
export class Exchanges {
  readonly requests: ExchangeRequest[] = []
  /** Is asked for each exchange. */
  step: Step = (request, call) => call(request)

  readonly wrap = (backend: Backend): Backend => ({
    ...backend,
    exchange: (request) => {
      this.requests.push(request)
      return this.step(request, (one) => backend.exchange(one))
    },
  })

  /** Ids of the jobs that some exchange was asked to begin, in order. */
  get begun(): readonly string[] {
    return this.requests.flatMap(({ begin }) => begin.map(({ id }) => id))
  }

  /** The first exchange that the test picks is carried out, and its answer is lost. */
  loseAnswer(picks: (request: ExchangeRequest, reply: ExchangeReply) => boolean): void {
    let lost = false
    this.step = async (request, call) => {
      const reply = await call(request)
      if (lost || !picks(request, reply)) return reply
      lost = true
      throw connectionLost()
    }
  }
}

/** What a store says that was reached and never answered. */
export function connectionLost(): BackendError {
  return new BackendError('store-unavailable', 'The connection was lost.')
}
