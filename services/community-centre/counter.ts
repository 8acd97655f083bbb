import { z } from 'zod'
import type { Budget } from '../common/budget.ts'
import { type Downstream, DownstreamError } from '../common/downstream.ts'
import { drainingHeader } from '../saeol/sessions/require-session.ts'
import type { Clerk } from './clerks/clerk.ts'

export interface Visit {
  /** The visit's Idempotency-Key; the certificate's too. */
  readonly key: string
  readonly office: string
  readonly residentId: string
  readonly kind: string
}

export type Served =
  | { readonly outcome: 'issued'; readonly certificate: unknown }
  /** Saeol serves, and says no to this visitor. */
  | { readonly outcome: 'refused'; readonly code: string; readonly reason: string }
  | { readonly outcome: 'unavailable'; readonly reason: string }

const refusal = z.object({ code: z.string(), error: z.string() })

/** Serves visitors through Saeol: picks a clerk of the office, who logs in when need be and issues. */
export function createCounter(options: {
  readonly saeol: Downstream
  readonly clerks: ReadonlyMap<string, readonly Clerk[]>
}): (visit: Visit, budget: Budget) => Promise<Served> {
  const { saeol, clerks } = options
  const turns = new Map<string, number>()

  /**
   * Whoever is logged in already, or is about to be; else the next in turn. One clerk of an office logs in at a
   * time: a password login uses up the clerk's code for half a minute, and colleagues' codes are what comes next.
   */
  function pick(office: string): Clerk {
    const team = clerks.get(office) ?? []
    const ready = team.find((clerk) => clerk.hasSession) ?? team.find((clerk) => clerk.isLoggingIn)
    if (ready !== undefined) return ready
    const turn = turns.get(office) ?? 0
    turns.set(office, turn + 1)
    return team[turn % team.length]!
  }

  async function attempt(visit: Visit, budget: Budget): Promise<Served | 'session-ended'> {
    const clerk = pick(visit.office)
    const login = await clerk.session(budget)
    if (!login.ok) return { outcome: 'unavailable', reason: login.reason }
    const { status, headers, body } = await saeol.call(
      {
        method: 'POST',
        path: '/certificates',
        headers: { authorization: `Bearer ${login.session.token}`, 'idempotency-key': visit.key },
        body: { kind: visit.kind, residentId: visit.residentId },
      },
      budget,
    )
    const until = Number(headers[drainingHeader])
    if (until > 0) clerk.drain(login.session, until)
    if (status === 200 || status === 201) return { outcome: 'issued', certificate: body }
    if (status === 401) {
      clerk.forget(login.session)
      // Once its time is over, what came through a closed password login is dead for all, not for one clerk.
      if (login.session.assurance === 'low') {
        for (const colleague of clerks.get(visit.office) ?? []) colleague.forgetPasswordSession()
      }
      return 'session-ended'
    }
    const said = refusal.safeParse(body)
    if ((status === 400 || status === 422) && said.success) {
      return { outcome: 'refused', code: said.data.code, reason: said.data.error }
    }
    return { outcome: 'unavailable', reason: `Saeol answered ${status}` }
  }

  return async (visit, budget) => {
    try {
      const first = await attempt(visit, budget)
      const served = first === 'session-ended' ? await attempt(visit, budget) : first
      return served === 'session-ended'
        ? { outcome: 'unavailable', reason: 'Saeol ends every session' }
        : served
    } catch (error) {
      if (error instanceof DownstreamError) return { outcome: 'unavailable', reason: error.message }
      throw error
    }
  }
}
