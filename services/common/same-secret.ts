import { timingSafeEqual } from 'node:crypto'

/** Whether what was shown is the secret; how alike the two are cannot be told from the time that it takes. */
export function isSameSecret(shown: string | undefined, secret: string): boolean {
  const [given, right] = [Buffer.from(shown ?? ''), Buffer.from(secret)]
  return given.length === right.length && timingSafeEqual(given, right)
}
