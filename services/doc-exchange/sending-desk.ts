import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../common/database.ts'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { ExchangeOffice } from '../enrolment/exchange.ts'
import type { VerifiedExchangeParameters } from '../measures/verified-exchange.ts'
import { createSigner } from '../saeol/ledger/papers.ts'
import { digestOf, type Manifest, manifestSubject } from './manifest.ts'
import { createPeer } from './peer.ts'

/** How often the desk looks for documents, in ms. */
const idleMs = 30
/** First pause after the other exchange did not answer, in ms; it doubles. */
const firstPauseMs = 100
/** Cases whose documents are on their way at once. † ours. */
const casesAtOnce = 12

interface Waiting {
  readonly number: string
  readonly id: string
  readonly caseId: string
  readonly content: Buffer
}

/** Forwards what clerks hand in, the documents of a case in their order. */
export interface SendingDesk {
  stop(): Promise<void>
}

/** @param options.settings undefined: what was sent is taken to have come, whatever became of the connection */
export function startSendingDesk(options: {
  readonly office: ExchangeOffice
  readonly database: Database
  readonly peerUrl: string
  readonly settings: VerifiedExchangeParameters | undefined
  readonly sabotaged: Sabotaged
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}): SendingDesk {
  const { office, database, settings, sabotaged, log, now } = options
  const stopped = new AbortController()
  const { signal } = stopped
  const sign = createSigner(office.privateKeyPkcs8)
  const peer = createPeer(options.peerUrl, signal)
  const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {})

  /** Cases of which one document is on its way. */
  const busy = new Map<string, Promise<boolean>>()

  /** The first that waits of each case that is not busy. */
  function waiting(): Promise<Waiting[]> {
    const order = sabotaged('overtakes') ? 'desc' : 'asc'
    return database.query<Waiting>(
      `select distinct on (case_id) number, id, case_id as "caseId", content from sent_documents
       where agency = $1 and acknowledged_at is null and case_id <> all($2)
       order by case_id, number ${order} limit $3`,
      [office.agency, [...busy.keys()], casesAtOnce - busy.size],
    )
  }

  /** @returns whether it was acknowledged; until then it waits */
  async function forward({ id, caseId, content }: Waiting): Promise<boolean> {
    const { agency, peer: other } = office
    const digest = digestOf(content)
    const manifest: Manifest = {
      id,
      sender: agency,
      receiver: other.agency,
      caseId,
      length: content.length,
      digest,
    }
    await peer.announce(manifest, sign(manifestSubject(manifest)))
    let from = 0
    for (;;) {
      // Whether it came is for the other exchange to say.
      await peer.send(id, content, from).catch(() => {})
      const answer = await peer.complete(id)
      if (answer.is === 'acknowledged') return true
      if (answer.is === 'unwanted' || settings === undefined || signal.aborted) return false
      from = answer.bytes
      await pause(settings.retryMs)
    }
  }

  async function attempt(document: Waiting): Promise<boolean> {
    try {
      if (!(await forward(document))) return false
      await database.query('update sent_documents set acknowledged_at = $2 where number = $1', [
        document.number,
        new Date(now()),
      ])
      log.info({ event: 'document.acknowledged', id: document.id }, `${document.id} has come`)
      return true
    } catch (error) {
      log.debug({ err: error, id: document.id }, 'it could not be sent')
      return false
    }
  }

  function begin(document: Waiting): void {
    const way = attempt(document).finally(() => busy.delete(document.caseId))
    busy.set(document.caseId, way)
  }

  async function run(): Promise<void> {
    let pauseMs = firstPauseMs
    while (!signal.aborted) {
      const found = busy.size < casesAtOnce ? await waiting().catch(() => []) : []
      for (const document of found) begin(document)
      // Whichever comes first: one has come, or could not, or clerks handed in another.
      const came = await Promise.race([...busy.values(), pause(idleMs).then(() => undefined)])
      if (came === true) pauseMs = firstPauseMs
      if (came === false) {
        await pause(pauseMs)
        pauseMs = Math.min(pauseMs * 2, settings?.longestPauseMs ?? 1_000)
      }
    }
    await Promise.all(busy.values())
  }

  const running = run()
  return {
    async stop() {
      stopped.abort()
      await running
    },
  }
}
