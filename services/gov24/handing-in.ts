import type { Downstream } from '../common/downstream.ts'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Gov24Config } from './config.ts'
import { createSaeolDesk, type HandIn, handInOrKeep } from './hand-in.ts'
import { startHandInDesk } from './hand-in-desk.ts'
import { type Outbox, openOutbox } from './outbox.ts'

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
