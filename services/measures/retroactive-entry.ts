import { z } from 'zod'
import type { AcceptQueue, Waiting } from '../common/accept-queue.ts'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /**
   * Share of the workers that entries leave free for whoever comes next at a counter. † ours: live work that arrives
   * in bursts finds a worker at once.
   */
  reserve: z.number().min(0).max(0.99).default(0.25),
  /** Entries that may wait at once; more are refused at once, and take no worker. † ours. */
  waiting: z.number().int().min(1).max(100_000).default(200),
})

export type RetroactiveEntryParameters = z.output<typeof parameters>

/**
 * 시스템 소급 입력 (S0 S1) while the counters are open: Saeol has a lane for what was written by hand. Entries get what
 * live work leaves over, and wait where it leaves nothing (F14). Without it they stand in the queue like anybody else.
 */
export const retroactiveEntry: Measure<typeof parameters> = {
  name: 'retroactive-entry',
  title: 'what was written by hand is entered with the workers that live work leaves over',
  parameters,
}

/**
 * Puts a lane of its own behind a queue. One that waits there starts when nobody waits in the queue, and some workers
 * stay free all the same.
 *
 * @param live the queue of everybody else
 * @param workClass who waits in the lane
 * @param slots the service's worker slots; entries hold one at least, or would wait for ever where live work leaves few
 */
export function createBehindLiveQueue<W extends Waiting>(
  live: AcceptQueue<W>,
  settings: RetroactiveEntryParameters,
  { workClass, slots }: { readonly workClass: string; readonly slots: number },
): AcceptQueue<W> {
  const lane: W[] = []
  const usable = Math.max(1, Math.floor(slots * (1 - settings.reserve)))
  const isBehind = (waiting: Pick<Waiting, 'workClass'>) => waiting.workClass === workClass

  return {
    get length() {
      return live.length + lane.length
    },
    mayStart(waiting, state) {
      if (isBehind(waiting)) return live.length === 0 && lane.length === 0 && state.busy < usable
      return live.mayStart(waiting, state)
    },
    offer(waiting) {
      if (!isBehind(waiting)) return live.offer(waiting)
      if (lane.length >= settings.waiting) return [{ waiting, code: 'shed' }]
      lane.push(waiting)
      return []
    },
    take(state) {
      const next = live.take(state)
      if (next !== undefined) return next
      return live.length === 0 && state.busy < usable ? lane.shift() : undefined
    },
  }
}
