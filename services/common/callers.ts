import type { RequestHandler, Response } from 'express'
import { z } from 'zod'
import { Problem } from './problem.ts'
import { showsToken } from './require-token.ts'
import type { Sabotaged } from './sabotage.ts'

/** Systems of the network that call others in their own name. */
export const systemNames = [
  'saeol',
  'gov24',
  'situation-room',
  'front',
  'kiosk',
  'call-centre',
  'mobile-id',
] as const

export type SystemName = (typeof systemNames)[number]

/** What a system is known by unless it is configured otherwise: a secret of the mock network. */
export function mockTokenOf(system: SystemName): string {
  return `mock-network-only-${system}`
}

/** A caller's own variable: what it shows to the systems it calls. */
export function ownToken(system: SystemName) {
  return z.string().min(8).default(mockTokenOf(system))
}

export type CallerTokens = Readonly<Partial<Record<SystemName, string>>>

/** The variable of a system that is called: JSON of who may call and the token of each, `{"saeol":"…"}`. */
export function callerTokens(...systems: readonly SystemName[]) {
  return z
    .string()
    .default(JSON.stringify(Object.fromEntries(systems.map((name) => [name, mockTokenOf(name)]))))
    .transform((text, context): CallerTokens => {
      try {
        return z.partialRecord(z.enum(systemNames), z.string().min(8)).parse(JSON.parse(text))
      } catch {
        context.addIssue(`must be JSON like {"${systems[0]}":"a token of 8 characters and more"}`)
        return z.NEVER
      }
    })
}

/**
 * Lets a request pass that shows the token of one of these systems as its bearer; `caller(response)` then says
 * which. Put before a worker slot: strangers take none.
 */
export function requireCaller(tokens: CallerTokens, sabotaged: Sabotaged): RequestHandler {
  const known = Object.entries(tokens) as [SystemName, string][]
  return (request, response, next) => {
    const found = known.find(([, token]) => showsToken(request, token))
    if (found === undefined && !sabotaged('open-admin')) {
      throw new Problem(401, 'refused', 'only systems that are known here may ask this; show your token')
    }
    response.locals.caller = (found ?? known[0])?.[0]
    next()
  }
}

/** The system that `requireCaller` let in. */
export function caller(response: Response): SystemName {
  return response.locals.caller as SystemName
}
