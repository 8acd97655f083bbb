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
export const mockCost = { N: 1024, r: 8, p: 1 } as const

const hashBytes = 32

/** @param cost of scrypt */
export async function createCredential(
  password: string,
  salt: Buffer,
  cost: { readonly N: number; readonly r: number; readonly p: number } = mockCost,
): Promise<Credential> {
  const hash = await derive(password, salt, { ...cost })
  return {
    algorithm: 'scrypt',
    ...cost,
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
    scrypt(password, salt, hashBytes, { ...cost, maxmem: memoryFor(cost) }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

/** Bytes, twice what RFC 7914 needs: 128 × N × r, and what is left of it at a low cost. */
function memoryFor({ N, r }: { N: number; r: number }): number {
  return 256 * N * r + 1024 ** 2
}
