import type { Budget } from '../common/budget.ts'
import { type Downstream, DownstreamError } from '../common/downstream.ts'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Signer } from '../saeol/ledger/papers.ts'
import { type TroubleReport, troubleSubject } from '../saeol/ledger/trouble-reports.ts'
import type { Receipt } from './receipts/receipts.ts'

/**
 * Tells Saeol of receipts that were written while no outage was declared: the trouble was this centre's own, and
 * nobody else noticed it. The duty officers declare an outage of the office, and the receipts can be entered.
 */
export interface TroubleDesk {
  /** This receipt lies in no declared outage. */
  note(receipt: Receipt): void
  /** Tells of what was noted; what does not get through is told the next time. */
  tell(budget: Budget): Promise<void>
}

/** Receipts of one office that are further apart are of two troubles, in ms. † ours: ten scaled minutes. */
const apartMs = 10_000

export function createTroubleDesk(options: {
  readonly saeol: Downstream
  /** The counter of each office, which signs what it tells. */
  readonly counters: ReadonlyMap<string, Signer>
  readonly sabotaged: Sabotaged
  readonly log: Log
}): TroubleDesk {
  const { saeol, counters, sabotaged, log } = options
  const noted = new Map<string, Receipt>()
  const told = new Set<string>()
  let quietOffice: string | undefined

  /** No office does, but the first that has trouble, under the sabotage `keeps-trouble-quiet`. */
  function keepsQuiet({ office }: Receipt): boolean {
    quietOffice ??= office
    return sabotaged('keeps-trouble-quiet') && office === quietOffice
  }

  async function report(receipts: readonly Receipt[], budget: Budget): Promise<void> {
    const subject: TroubleReport = {
      office: receipts[0]!.office,
      from: new Date(receipts[0]!.receivedOn),
      to: new Date(receipts.at(-1)!.receivedOn),
      receipts: receipts.length,
    }
    const { action: _, ...body } = troubleSubject(subject)
    const seal = counters.get(subject.office)?.(troubleSubject(subject))
    const { status } = await saeol.call(
      { method: 'POST', path: '/trouble-reports', body: { ...body, seal } },
      budget,
    )
    if (status !== 200 && status !== 201) {
      log.warn(
        { event: 'trouble.not-reported', office: subject.office, status },
        'Saeol did not take the report',
      )
      return
    }
    for (const { visit } of receipts) {
      noted.delete(visit)
      told.add(visit)
    }
  }

  return {
    note(receipt) {
      if (!told.has(receipt.visit) && !keepsQuiet(receipt)) noted.set(receipt.visit, receipt)
    },
    async tell(budget) {
      for (const receipts of troubles([...noted.values()])) {
        try {
          await report(receipts, budget)
        } catch (error) {
          if (!(error instanceof DownstreamError)) throw error
          return
        }
      }
    },
  }
}

/** Receipts of one office that lie close together, oldest first. */
function troubles(receipts: readonly Receipt[]): Receipt[][] {
  const found: Receipt[][] = []
  const inOrder = receipts.toSorted((a, b) => a.office.localeCompare(b.office) || a.receivedOn - b.receivedOn)
  for (const receipt of inOrder) {
    const before = found.at(-1)?.at(-1)
    const sameTrouble = before?.office === receipt.office && receipt.receivedOn - before.receivedOn <= apartMs
    if (sameTrouble) found.at(-1)!.push(receipt)
    else found.push([receipt])
  }
  return found
}
