import type { Log } from '../common/log.ts'
import type { DeadlineExtensionParameters } from '../measures/deadline-extension.ts'
import { type ExtensionOrder, extendedSystem, extensionSubject } from '../procurement/extensions.ts'
import type { AlarmRecord } from './alarm.ts'
import type { DutyDesks } from './duty-desks.ts'
import type { ProcurementClient } from './procurement-client.ts'

/** Has the closing times moved that fell into outages of the procurement system. */
export interface Extensions {
  /** One order for each outage that is over, brought until it is answered; one at a time. */
  follow(history: readonly AlarmRecord[]): void
  /** It has worked since then, epoch ms, as the alarm was cleared that began at `since`. */
  recovered(since: number, at: number): void
}

/** Who handed in as it recovered may have waited for so long before, in ms. † ours: a bidder's patience, halved. */
const waitedMs = 1_000

export function createExtensions(options: {
  readonly procurement: ProcurementClient
  readonly desks: Pick<DutyDesks, 'sign'>
  readonly settings: DeadlineExtensionParameters
  readonly log: Log
  readonly signal: AbortSignal
}): Extensions {
  const { procurement, desks, settings, log, signal } = options
  /** By when the outage began. An order is made once: tried again it must be the same. */
  const orders = new Map<number, ExtensionOrder>()
  const done = new Set<number>()
  const recoveredAt = new Map<number, number>()
  let following = false
  let complained = ''

  async function order({ since }: AlarmRecord, clearedAt: number): Promise<void> {
    const made = orders.get(since) ?? {
      system: extendedSystem,
      from: new Date(since),
      // An alarm is held down for longer than the outage lasts.
      to: new Date(Math.min((recoveredAt.get(since) ?? clearedAt) + waitedMs, clearedAt)),
      closesAt: new Date(Date.now() + settings.extendMs),
    }
    orders.set(since, made)
    const answer = await procurement.order(made, await desks.sign(extensionSubject(made), 2, signal))
    if (answer.kind === 'too-soon') {
      orders.delete(since)
      return
    }
    done.add(since)
    if (answer.kind === 'refused') log.error({ event: 'extension.refused', since }, answer.why)
  }

  async function followOnce(history: readonly AlarmRecord[]): Promise<void> {
    for (const record of history) {
      if (record.clearedAt === undefined || done.has(record.since)) continue
      try {
        await order(record, record.clearedAt)
        complained = ''
      } catch (error) {
        if (signal.aborted) return
        const { message } = error as Error
        if (message !== complained) log.warn({ event: 'action.failed', what: 'extension' }, message)
        complained = message
      }
    }
  }

  return {
    recovered(since, at) {
      recoveredAt.set(since, at)
    },
    follow(history) {
      if (following) return
      following = true
      void followOnce(history).finally(() => {
        following = false
      })
    },
  }
}
