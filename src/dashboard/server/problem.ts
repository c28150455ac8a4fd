/**
 * Requests that cannot be carried out: what is said to people and, as problem details (RFC 9457), to programs.
 * @module
 */
import { InvalidOptionError, MillraceError } from '../../contract/index.ts'

/** Something is wrong with a request, or with the store. */
export class Problem extends Error {
  readonly status: number
  readonly title: string
  /** The field at fault, where one is. */
  readonly field: string | null

  constructor(status: number, title: string, detail: string, field: string | null = null) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.title = title
    this.field = field
  }
}

/** There is no such thing. */
export function notFound(detail: string): Problem {
  return new Problem(404, 'Not found', detail)
}

/** The request is wrong. */
export function badRequest(detail: string, field: string | null = null): Problem {
  return new Problem(400, 'That cannot be done', detail, field)
}

/** Whatever was thrown, as a problem. What was not expected is not shown: it may hold what nobody should read. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof InvalidOptionError) return badRequest(error.message, error.field ?? null)
  if (error instanceof MillraceError) {
    if (error.code === 'job-not-found' || error.code === 'schedule-not-found') return notFound(error.message)
    if (error.code === 'schedule-refused') return new Problem(409, 'That cannot be done', error.message)
    if (error.code === 'unsupported-facet') return new Problem(501, 'The store cannot do that', error.message)
    return new Problem(503, 'The store does not answer', error.message)
  }
  return new Problem(
    500,
    'Something went wrong',
    'The dashboard met an error it did not expect. Its process has logged it.',
  )
}
