import type { Sabotaged } from '../common/sabotage.ts'
import {
  everyOffice,
  ledgerSystem,
  type OutageWindow,
  outageWindowSubject,
} from '../saeol/ledger/outage-windows.ts'
import type { AlarmRecord } from './alarm.ts'
import type { DutyDesks } from './duty-desks.ts'
import type { SaeolClient } from './saeol-client.ts'

/** Which outages the duty officers declared, and which of them they ended. */
export interface Declarations {
  /** An earlier room declared this outage, and it lasts. @param since epoch ms */
  adopt(since: number): void
  /**
   * Has the outage of an alarm declared, and ended when its consequences are over.
   * @param overAt epoch ms; undefined while they last
   */
  follow(record: AlarmRecord, overAt: number | undefined): Promise<void>
  /** Has the outage of one office declared that its counter reported: there people were sent home with receipts. */
  followCentres(): Promise<void>
}

/** How often centres' reports are asked for, in ms. † ours. */
const askEveryMs = 500

export function createDeclarations(options: {
  readonly saeol: SaeolClient
  readonly desks: Pick<DutyDesks, 'sign'>
  readonly sabotaged: Sabotaged
  readonly signal: AbortSignal
}): Declarations {
  const { saeol, desks, sabotaged, signal } = options
  const declared = new Map<number, 'open' | 'closed'>()
  let askedAt = Number.NEGATIVE_INFINITY

  async function declare(window: OutageWindow): Promise<void> {
    await saeol.declareOutage(window, await desks.sign(outageWindowSubject(window), 2, signal))
  }

  return {
    adopt(since) {
      declared.set(since, 'open')
    },
    async follow({ since }, overAt) {
      const wanted = overAt === undefined ? 'open' : 'closed'
      const state = declared.get(since)
      if (state === wanted || state === 'closed') return
      const from = new Date(sabotaged('early-window') ? newYear : since)
      const to = overAt === undefined ? null : new Date(overAt)
      await declare({ system: ledgerSystem, office: everyOffice, from, to })
      declared.set(since, wanted)
    },
    async followCentres() {
      if (performance.now() - askedAt < askEveryMs) return
      askedAt = performance.now()
      for (const { office, from, to } of await saeol.troubleReports()) {
        const where = sabotaged('declares-everywhere') ? everyOffice : office
        await declare({ system: ledgerSystem, office: where, from, to })
      }
    },
  }
}

/** From when on an outage is declared under the sabotage `early-window`. */
const newYear = '2023-01-01T00:00:00+09:00'
