import type { Request } from 'express'
import { Problem } from './problem.ts'

const header = 'X-Requester'

/** What a system sends along with a request that it makes for somebody: the official or the citizen. */
export function onBehalfOf(requester: string): Readonly<Record<string, string>> {
  return { [header]: requester }
}

/** @throws Problem 400 when the calling system does not say for whom it asks */
export function requesterOf(request: Request): string {
  const requester = request.get(header) ?? ''
  if (/^[\x21-\x7e]{1,100}$/.test(requester)) return requester
  throw new Problem(400, 'requester-missing', `send ${header}, the official or the citizen for whom you ask`)
}
