import type { Request } from 'express'
import type { z } from 'zod'
import { Problem } from './problem.ts'

/** @throws Problem 400 that names every field that is wrong */
export function parseBody<S extends z.ZodType>(schema: S, request: Request): z.output<S> {
  const parsed = schema.safeParse(request.body)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
  throw new Problem(400, 'bad-request', wrong.join('; '))
}

/**
 * What makes a repeated request the same request.
 * @throws Problem 400 when the header is missing or malformed
 */
export function idempotencyKey(request: Request): string {
  const key = request.get('Idempotency-Key') ?? ''
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key
  throw new Problem(
    400,
    'idempotency-key-missing',
    'send Idempotency-Key, 1 to 200 printable characters, the same for each retry',
  )
}
