/**
 * Exchanges with defaults for all that a caller does not say.
 * @module
 */
import type { ExchangeRequest } from '../contract/index.ts'

/** A whole request: what is left out settles, begins and claims nothing, and gives nothing back. */
export function exchangeRequest(
  request: Partial<ExchangeRequest> & Pick<ExchangeRequest, 'workerId'>,
): ExchangeRequest {
  return { settle: [], begin: [], claim: null, holding: null, ...request }
}
