import type { ExtensionOrder } from '../procurement/extensions.ts'
import type { Approval } from '../saeol/fallback/approvals.ts'
import { ask } from './probes/ask.ts'

/** `given`: it is in force · `too-soon`: its new closing time had passed before it came · `refused`: and why */
export type OrderAnswer =
  | { readonly kind: 'given' | 'too-soon' }
  | { readonly kind: 'refused'; readonly why: string }

/** What the room does at the procurement system. */
export interface ProcurementClient {
  /** @throws when there is no answer, or one that asks to come back */
  order(order: ExtensionOrder, approvals: readonly Approval[]): Promise<OrderAnswer>
}

export function createProcurementClient(options: {
  readonly url: string
  /** What the room shows it. */
  readonly token: string
  /** Longest wait for an answer, in ms. */
  readonly timeoutMs: number
}): ProcurementClient {
  return {
    async order(order, approvals) {
      const { status, body } = await ask(`${options.url}/extension-orders`, {
        method: 'POST',
        body: { ...order, approvals },
        headers: { authorization: `Bearer ${options.token}` },
        signal: AbortSignal.timeout(options.timeoutMs),
      })
      if (status === 200 || status === 201) return { kind: 'given' }
      const why = `procurement answered ${status}: ${body.slice(0, 300)}`
      if (status === 429 || status >= 500) throw new Error(why)
      return body.includes('"too-soon"') ? { kind: 'too-soon' } : { kind: 'refused', why }
    },
  }
}
