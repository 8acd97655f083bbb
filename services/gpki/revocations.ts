import type { X509Certificate } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { createBudget } from '../common/budget.ts'
import type { Downstream } from '../common/downstream.ts'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import { mayBeUsedFor } from './purpose.ts'
import { type RevocationList, readRevocationList } from './revocation-list.ts'

/** The revocation list as this server has it. */
export interface Revocations {
  /** Undefined when there is none, or the last one may no longer be relied on: then nobody can be verified. */
  current(): RevocationList | undefined
  stop(): Promise<void>
}

const answer = z.object({ list: z.base64() })

interface Options {
  readonly link: Downstream
  /** Must have signed each list. */
  readonly issuer: X509Certificate
  /** From one fetch to the next, in ms. */
  readonly refreshMs: number
  /** Longest wait for one fetch, in ms. */
  readonly timeoutMs: number
  readonly sabotaged: Sabotaged
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * Fetches the list again and again over a link of its own. A list that is forged, older than the one at hand or cannot
 * be read changes nothing; that one is good until its next update is due, and not a moment longer.
 * @returns once the first fetch has been tried
 */
export async function followRevocations(options: Options): Promise<Revocations> {
  const { refreshMs, sabotaged, log, now } = options
  const stopping = new AbortController()
  let list: RevocationList | undefined
  let failing = false

  async function refresh(): Promise<void> {
    if (list !== undefined && sabotaged('stale-revocation-list')) return
    try {
      const fetched = await fetchList(options, stopping.signal)
      if (list === undefined || fetched.thisUpdate >= list.thisUpdate) list = fetched
      if (failing) log.info({ event: 'revocation-list.back' }, 'the revocation list is fetched again')
      failing = false
    } catch (error) {
      if (stopping.signal.aborted) return
      if (!failing) log.warn({ event: 'revocation-list.missed' }, (error as Error).message)
      failing = true
    }
  }

  async function follow(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(refreshMs, undefined, { signal: stopping.signal }).catch(() => {})
      if (!stopping.signal.aborted) await refresh()
    }
  }

  await refresh()
  const following = follow()
  return {
    current() {
      const isInForce = list !== undefined && now() <= list.nextUpdate
      return isInForce || sabotaged('stale-revocation-list') || sabotaged('ignores-next-update')
        ? list
        : undefined
    },
    async stop() {
      stopping.abort()
      await following
    },
  }
}

/** @throws when it cannot be had, or is not the authority's */
async function fetchList({ link, issuer, timeoutMs }: Options, signal: AbortSignal): Promise<RevocationList> {
  const budget = createBudget({ totalMs: timeoutMs, signal })
  const { status, body } = await link.call({ method: 'GET', path: '/revocation-list' }, budget)
  const parsed = answer.safeParse(body)
  if (status !== 200 || !parsed.success) throw new Error(`${link.link}: answered ${status} and no list`)
  const list = readRevocationList(Buffer.from(parsed.data.list, 'base64'))
  if (!mayBeUsedFor(issuer, 'cRLSign') || !list.isSignedBy(issuer.publicKey)) {
    throw new Error(`${link.link}: the revocation list is not signed by its authority`)
  }
  return list
}
