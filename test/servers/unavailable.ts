/**
 * Says aloud that tests are left out for want of a server.
 * @module
 */

/**
 * Warns, and answers null for the caller to hand on.
 * @throws Error under CI=true, where a test that is left out must not look like one that passed.
 */
export function unavailable(what: string): null {
  const message = `${what} is not on this machine and cannot be installed here: its tests are left out.`
  if (process.env.CI === 'true') throw new Error(message)
  console.warn(message)
  return null
}
