import { scrypt, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

export const credentialSchema = z.object({
  algorithm: z.literal('scrypt'),
  N: z.number().int().min(2),
  r: z.number().int().min(1),
  p: z.number().int().min(1),
  /** base64 */
  salt: z.string().min(1),
  /** base64 */
  hash: z.string().min(1),
})

/** A salted password as the servers keep it, with the cost it was made at. */
export type Credential = z.output<typeof credentialSchema>

/**
 * † ours: OWASP asks for N = 2^17. A hash at 2^10 costs 4 ms of one core, so that a laptop carries forty password
 * logins a second beside the load itself. The cost is kept with each credential and can be raised for the next.
 */
const mockCost = { N: 1024, r: 8, p: 1 } as const

const hashBytes = 32

export async function createCredential(password: string, salt: Buffer): Promise<Credential> {
  const hash = await derive(password, salt, { ...mockCost })
  return {
    algorithm: 'scrypt',
    ...mockCost,
    salt: salt.toString('base64'),
    hash: hash.toString('base64'),
  }
}

/** Takes the same time whether or not the password is right. */
export async function isPassword(password: string, credential: Credential): Promise<boolean> {
  const { N, r, p } = credential
  const derived = await derive(password, Buffer.from(credential.salt, 'base64'), { N, r, p })
  return timingSafeEqual(derived, Buffer.from(credential.hash, 'base64'))
}

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hashBytes, { ...cost, maxmem: 256 * cost.N * cost.r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
