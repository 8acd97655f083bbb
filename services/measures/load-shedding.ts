import { z } from 'zod'
import type { AcceptQueue, Importance, Occupancy, Refusal, Waiting } from '../common/accept-queue.ts'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /**
   * Requests that may wait for a slot, all classes together. † ours: at a hold of 120 ms forty of them are
   * through ten slots in half a second, well inside a user's patience of 2 s.
   */
  queue: z.number().int().min(1).max(100_000).default(40),
  /** How many of those may be bulk (notices, downloads). † ours: a short blip is absorbed, a surge is not. */
  bulkQueue: z.number().int().min(0).max(100_000).default(8),
  /** Share of the slots that bulk work may hold at once, so that vital work always finds one. † ours. */
  bulkShare: z.number().min(0.01).max(1).default(0.5),
})

export type LoadSheddingParameters = z.output<typeof parameters>

/** Short queues by importance: notices and downloads are refused first, certificates last (T10, F8). */
export const loadShedding: Measure<typeof parameters> = {
  name: 'load-shedding',
  title: 'notices and downloads give way to certificates; queues are short',
  parameters,
}

const order: readonly Importance[] = ['vital', 'normal', 'bulk']

/** @param slots the service's worker slots, of which bulk work gets its share (at least one) */
export function createSheddingQueue<W extends Waiting>(
  settings: LoadSheddingParameters,
  slots: number,
): AcceptQueue<W> {
  const lanes: Record<Importance, W[]> = { vital: [], normal: [], bulk: [] }
  const bulkSlots = Math.max(1, Math.floor(slots * settings.bulkShare))
  const length = () => lanes.vital.length + lanes.normal.length + lanes.bulk.length

  const isItsTurn = (importance: Importance, { busyBy }: Occupancy) =>
    importance !== 'bulk' || busyBy.bulk < bulkSlots

  function dropFutile(): Refusal<W>[] {
    const dropped: Refusal<W>[] = []
    for (const importance of order) {
      lanes[importance] = lanes[importance].filter((waiting) => {
        if (waiting.isFutile()) dropped.push({ waiting, code: 'shed' })
        return !waiting.isFutile()
      })
    }
    return dropped
  }

  /** The newest of the least important work that matters less than this. */
  function giveWay(importance: Importance): W | undefined {
    for (const lower of order.toReversed()) {
      if (order.indexOf(lower) <= order.indexOf(importance)) return undefined
      const last = lanes[lower].pop()
      if (last !== undefined) return last
    }
    return undefined
  }

  return {
    get length() {
      return length()
    },
    mayStart: ({ importance }, state) => length() === 0 && isItsTurn(importance, state),
    offer(waiting) {
      const refused: Refusal<W>[] = length() >= settings.queue ? dropFutile() : []
      if (waiting.importance === 'bulk' && lanes.bulk.length >= settings.bulkQueue) {
        return [...refused, { waiting, code: 'shed' }]
      }
      if (length() >= settings.queue) {
        const evicted = giveWay(waiting.importance)
        if (evicted === undefined) return [...refused, { waiting, code: 'shed' }]
        refused.push({ waiting: evicted, code: 'shed' })
      }
      lanes[waiting.importance].push(waiting)
      return refused
    },
    take(state) {
      for (const importance of order) {
        if (!isItsTurn(importance, state)) continue
        const next = lanes[importance].shift()
        if (next !== undefined) return next
      }
      return undefined
    },
  }
}
