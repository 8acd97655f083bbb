import { timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'

/** With it the hop in front shows that it is the hop; `Authorization` is the user's own. */
export const frontTokenHeader = 'x-front-token'

/** Whether the request came by the hop in front, and not from somebody who sends headers like its. */
export function isFromFront(request: Request, token: string): boolean {
  const shown = Buffer.from(request.get(frontTokenHeader) ?? '')
  const expected = Buffer.from(token)
  return shown.length === expected.length && timingSafeEqual(shown, expected)
}
