/**
 * Passwords, kept as scrypt hashes: `scrypt$N$r$p$salt$hash`, salt and hash in base64url.
 * @module
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { InvalidOptionError } from '../../../contract/index.ts'

const FORM = /^scrypt\$(\d{4,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{40,128})$/
const COST = { N: 32_768, r: 8, p: 1 } as const
const KEY_BYTES = 32
const SHORTEST = 8
const LONGEST = 1024

/**
 * Hashes a password for `users` of a dashboard.
 * @throws InvalidOptionError where it has fewer than 8 or more than 1,024 characters.
 */
export async function hashPassword(password: string): Promise<string> {
  if (password.length < SHORTEST || password.length > LONGEST) {
    throw new InvalidOptionError('password', `A password must have ${SHORTEST} to ${LONGEST} characters.`)
  }
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST, KEY_BYTES)
  const { N, r, p } = COST
  return ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** True where the text has the form of a hash. */
export function isPasswordHash(text: unknown): text is string {
  return typeof text === 'string' && FORM.test(text)
}

/** Whether the password is the one that was hashed. Takes the same time either way. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, N, r, p, salt, wanted] = FORM.exec(hash) ?? []
  if (salt === undefined || wanted === undefined || password.length > LONGEST) return false
  const expected = Buffer.from(wanted, 'base64url')
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  const found = await derive(password, Buffer.from(salt, 'base64url'), cost, expected.length)
  return timingSafeEqual(found, expected)
}

function derive(password: string, salt: Buffer, cost: ScryptOptions, bytes: number): Promise<Buffer> {
  const maxmem = 256 * (cost.N ?? 1) * (cost.r ?? 1)
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, bytes, { ...cost, maxmem }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}
