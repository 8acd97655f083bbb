import type { Bite, Carried, Direction, ToxicTotals, WitnessKind } from '../../model/toxics.ts'
/** One thing a server says, in its own terms. `at` is epoch ms. */
export type Testimony =
  | {
      readonly said: 'bit'
      readonly at: number
      readonly proxy: string
      readonly toxic: string
      /** The connection's id in the server, and address and port of who opened it. */
      readonly connection: string
      readonly client: string
      readonly how: Bite
    }
  | {
      readonly said: 'removed'
      readonly at: number
      readonly proxy: string
      readonly toxic: string
      readonly totals: ToxicTotals
    }
  /** Events that did not arrive; null: their number is not known. */
  | { readonly said: 'missed'; readonly at: number; readonly events: number | null }
  | {
      readonly said: 'carried'
      readonly at: number
      readonly when: 'before' | 'after'
      readonly proxy: string
      readonly streams: Readonly<Record<Direction, Carried>>
    }

export interface Witness extends AsyncDisposable {
  readonly kind: WitnessKind
  /** Reads what is not sent as events: when the faults begin, and when everything is over. */
  ask(when: 'before' | 'after'): Promise<void>
}

export interface WitnessOptions {
  /** Of the server's API, without a trailing slash. */
  readonly url: string
  readonly signal: AbortSignal
  testify(testimony: Testimony): void
}
