/**
 * Whether a request that changes something came from one of the dashboard's own pages.
 * @module
 */

/**
 * Browsers say where a request comes from, and a page of another origin cannot make them say otherwise. Where they
 * say nothing at all (programs, very old browsers), the token in the form has to do.
 */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  const origin = request.headers.get('origin')
  if (origin === null) return true
  const host = request.headers.get('host') ?? new URL(request.url).host
  return URL.canParse(origin) && new URL(origin).host === host
}

/** Whether the dashboard answers to this host: keeps other names that were made to lead here from being let in. */
export function isKnownHost(request: Request, hosts: readonly string[] | undefined): boolean {
  if (hosts === undefined) return true
  const host = (request.headers.get('host') ?? new URL(request.url).host).toLowerCase()
  const name = host.replace(/:\d+$/, '')
  return hosts.some((known) => known.toLowerCase() === host || known.toLowerCase() === name)
}
