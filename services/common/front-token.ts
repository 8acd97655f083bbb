import type { Request } from 'express'
import { isSameSecret } from './same-secret.ts'

/** With it the hop in front shows that it is the hop; `Authorization` is the user's own. */
export const frontTokenHeader = 'x-front-token'

/** Whether the request came by the hop in front, and not from somebody who sends headers like its. */
export function isFromFront(request: Request, token: string): boolean {
  return isSameSecret(request.get(frontTokenHeader), token)
}
