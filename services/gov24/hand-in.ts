import { type Budget, createBudget } from '../common/budget.ts'
import type { Downstream } from '../common/downstream.ts'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { PortalFirstParameters } from '../measures/portal-first.ts'
import type { Gov24Config } from './config.ts'
import { startHandInDesk } from './hand-in-desk.ts'
import { type Asked, type Outbox, openOutbox } from './outbox.ts'
import { createSaeolDesk, isOutOfReach, type Received, type SaeolDesk } from './saeol-desk.ts'

/** Saeol's side of an application. */
export interface HandIn {
  /**
   * @returns `status` 201, or 200 where it had been received before
   * @throws Problem, DownstreamError when nobody received it
   */
  receive(asked: Asked, key: string, limit: Budget): Promise<{ status: number; received: Received }>
}

/** How applications come to Saeol: each as it comes, or, with `portal-first`, later where it must be. */
export async function startHandingIn(parts: {
  readonly config: Gov24Config
  readonly saeol: Downstream
  readonly isUp: () => boolean
  readonly sabotaged: Sabotaged
  readonly log: Log
}): Promise<{ handIn: HandIn; outbox?: Outbox; stopHandingIn(): Promise<void> }> {
  const { config, isUp, sabotaged, log } = parts
  const saeol = createSaeolDesk(parts.saeol, config.OWN_TOKEN)
  if (config.outbox === undefined) return { handIn: saeol, async stopHandingIn() {} }
  const { file, settings } = config.outbox
  const outbox = await openOutbox({ file, now: Date.now, sabotaged })
  const desk = startHandInDesk({ outbox, saeol, settings, isUp, sabotaged, log })
  return {
    handIn: handInOrKeep({ saeol, outbox, settings, isUp }),
    outbox,
    async stopHandingIn() {
      await desk.stop()
      await outbox[Symbol.asyncDispose]()
    },
  }
}

/**
 * With `portal-first`: few wait for Saeol, and not for long; whatever it does not receive the portal keeps.
 * @param options.isUp whether Saeol is known to answer well
 */
function handInOrKeep(options: {
  readonly saeol: SaeolDesk
  readonly outbox: Outbox
  readonly settings: PortalFirstParameters
  readonly isUp: () => boolean
}): HandIn {
  const { saeol, outbox, settings, isUp } = options
  let waiting = 0

  async function bySaeol(asked: Asked, key: string, limit: Budget) {
    if (!isUp() || waiting >= settings.waiting) return undefined
    waiting += 1
    try {
      const totalMs = Math.min(settings.waitMs, limit.remainingMs() ?? settings.waitMs)
      return await saeol.receive(
        asked,
        key,
        createBudget({
          totalMs,
          traceparent: limit.traceparent,
          ...(limit.signal && { signal: limit.signal }),
        }),
      )
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      return undefined
    } finally {
      waiting -= 1
    }
  }

  return {
    async receive(asked, key, limit) {
      const earlier = outbox.find(key)
      const bySaeolItself = earlier === undefined ? await bySaeol(asked, key, limit) : undefined
      if (bySaeolItself !== undefined) return bySaeolItself
      const { number, receivedOn } = await outbox.keep(asked, key)
      return {
        status: earlier === undefined ? 201 : 200,
        received: { number, receivedAt: receivedOn },
      }
    },
  }
}
