/**
 * Asking a backend for an ability that it may not have.
 * @module
 */
import type { Backend, FacetName } from '../../contract/index.ts'
import { UnsupportedFacetError } from '../../contract/index.ts'

const ABILITIES: Readonly<Record<FacetName, string>> = {
  records: 'reading and correcting stored jobs',
  unique: 'unique jobs',
  checkpoints: 'remembering pieces of a handler’s work',
  control: 'listing workers and cancelling running jobs',
  limits: 'pausing queues',
  metrics: 'rates and waiting times of queues',
  schedules: 'keeping schedules',
  transaction: 'joining the caller’s own transaction',
}

/**
 * The backend's facet.
 *
 * @param wanted what was asked for, as the sentence's subject: `app.list()`.
 * @throws UnsupportedFacetError naming the facet where the backend lacks it.
 */
export function needFacet<F extends FacetName>(
  backend: Backend,
  facet: F,
  wanted: string,
): NonNullable<Backend[F]> {
  const found = backend[facet]
  // Checked by the line itself; the compiler cannot follow a generic key that far.
  if (found !== undefined) return found as NonNullable<Backend[F]>
  throw new UnsupportedFacetError(
    `${wanted} needs the facet '${facet}' (${ABILITIES[facet]}), which the backend '${backend.name}' does not have. ` +
      'Use a backend that has it, such as SQLite.',
  )
}
