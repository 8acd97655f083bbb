/** Reads the ledgers past the links, once an arm's load has ended. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { InvariantFacts, InvariantReader } from '../../harness/index.ts'
import { mockReconcilerToken } from '../../services/community-centre/config.ts'

export type Topology = Parameters<InvariantReader>[0]

/** A receipt as the community centre keeps it. */
export interface Receipt {
  readonly office: string
  readonly number: string
  readonly receivedOn: string
  readonly residentId: string
  readonly kind: string
  readonly visit: string
  readonly state: 'pending' | 'entered' | 'rejected'
  readonly reason?: string
}

/** A receipt as Saeol's ledger keeps it. */
export interface Entry {
  readonly office: string
  readonly number: string
  readonly receivedOn: Date
  readonly enteredAt: Date
  readonly residentId: string
  readonly kind: string
  readonly visit: string
  readonly certificate: string
}

export function facts(
  checked: readonly unknown[],
  violations: readonly string[],
  said: string,
): InvariantFacts {
  return { checked: checked.length, violations, said }
}

export function keyOf({ office, number }: { office: string; number: string }): string {
  return `${office}/${number}`
}

/** What a service tells those who show this token. @throws Error where it does not */
export async function toldBy<T>(
  topology: Topology,
  { service, path, token }: { readonly service: string; readonly path: string; readonly token: string },
  signal: AbortSignal,
): Promise<T> {
  const answer = await fetch(`${topology.direct(service)}${path}`, {
    headers: { authorization: `Bearer ${token}` },
    signal,
  })
  if (!answer.ok) throw new Error(`${service} answered ${answer.status}`)
  return (await answer.json()) as T
}

export async function receiptsOf(topology: Topology, signal: AbortSignal): Promise<Receipt[]> {
  const asked = { service: 'community-centre', path: '/receipts', token: mockReconcilerToken }
  return (await toldBy<{ receipts: Receipt[] }>(topology, asked, signal)).receipts
}

/** How long whoever works something off may go on once the doors are shut, ms. † ours: three scaled minutes. */
const closingMs = 3000

/** What there is at the close of the day: nobody comes any more, and whoever works it off has had their time. */
export async function atClose<T>(
  look: () => Promise<T>,
  isSettled: (found: T) => boolean,
  signal: AbortSignal,
): Promise<T> {
  const until = performance.now() + closingMs
  for (;;) {
    const found = await look()
    if (isSettled(found) || performance.now() > until) return found
    await sleep(100, undefined, { signal })
  }
}

/** The book once the desk has had its time for what was left. */
export function receiptsAtClose(topology: Topology, signal: AbortSignal): Promise<Receipt[]> {
  return atClose(
    () => receiptsOf(topology, signal),
    (receipts) => receipts.every(({ state }) => state !== 'pending'),
    signal,
  )
}

export function entriesOf(topology: Topology): Promise<Entry[]> {
  return rows<Entry>(
    topology,
    `select office, receipt_number as number, received_on as "receivedOn", entered_at as "enteredAt",
       resident as "residentId", kind, visit, certificate
     from retroactive_entries order by id`,
  )
}

export async function rows<T>(topology: Topology, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: topology.direct('postgres') })
  // The statement under way fails with the same error; without a listener it would end the run, and hide its cause.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows as T[]
  } finally {
    await client.end()
  }
}
