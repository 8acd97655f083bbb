/** Receipts as a counter writes them, and their entries. */
import { expect } from 'vitest'
import type { Person } from '../../../services/enrolment/people.ts'
import { canonicalJson } from '../../../services/saeol/audit/canonical-json.ts'
import { receiptSubject, verificationSubject } from '../../../services/saeol/ledger/papers.ts'
import { type Answer, signBase64, startNetwork, type TestSaeol } from '../network.ts'

export const hour = 3_600_000

export const day = 24 * hour

/** The outage of the tests: from a day ago until an hour ago. */
export const began = new Date(Date.now() - day)

export const ended = new Date(Date.now() - hour)

export const during = (sequence: number) => new Date(began.getTime() + sequence * 60_000)

export function enter(saeol: TestSaeol, session: string, body: unknown): Promise<Answer> {
  return saeol.post('/retroactive-entries', body, { authorization: `Bearer ${session}` })
}

export async function auditKinds(saeol: TestSaeol): Promise<string[]> {
  const rows = await saeol.database.query<{ kind: string }>('select kind from audit order by seq')
  return rows.map(({ kind }) => kind).filter((kind) => !kind.startsWith('login.'))
}

/** Saeol's network with a clerk, a colleague who verifies, and a clerk of another office. */
export async function startLedger() {
  const network = await startNetwork()
  const [office] = new Set(network.people.clerks.map((person) => person.office))
  const [clerk, colleague] = network.people.clerks.filter((person) => person.office === office) as [
    Person,
    Person,
  ]
  const elsewhere = network.people.clerks.find((person) => person.office !== office)!

  /** What a clerk enters, without signatures. */
  function receipt(sequence: number, changed: Record<string, unknown> = {}) {
    return {
      office: clerk.office,
      receiptNumber: `20231117-${String(sequence).padStart(6, '0')}`,
      receivedOn: during(sequence).toISOString(),
      residentId: 'resident-000001',
      kind: 'fixed-date',
      visit: `visit-${sequence}`,
      clerk: clerk.id,
      verifier: colleague.id,
      ...changed,
    }
  }

  /**
   * The same with the signatures it needs, unless `changed` brings others: the counter's over the paper, and the
   * verifier's over the entry.
   */
  function entry(sequence: number, changed: Record<string, unknown> = {}) {
    const body = receipt(sequence, changed)
    return { ...signed(body), ...changed }
  }

  function signed(body: ReturnType<typeof receipt>) {
    const paper = { ...body, receivedOn: new Date(body.receivedOn) }
    const counter = network.centre.counters.find(({ office }) => office === body.office)!
    const verifier = network.people.clerks.find(({ id }) => id === body.verifier) ?? colleague
    return {
      ...body,
      seal: signBase64(counter.privateKeyPkcs8, canonicalJson(receiptSubject(paper))),
      verifierSignature: signBase64(verifier.privateKeyPkcs8, canonicalJson(verificationSubject(paper))),
    }
  }

  async function withOutage(env: Record<string, string> = {}): Promise<TestSaeol> {
    const saeol = await network.startSaeol(env)
    const declared = await saeol.declareOutage({ office: clerk.office, from: began, to: ended })
    expect(declared.status).toBe(201)
    return saeol
  }

  return { network, clerk, colleague, elsewhere, receipt, entry, signed, withOutage }
}

export type Ledger = Awaited<ReturnType<typeof startLedger>>
