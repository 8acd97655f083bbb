import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /** How often each site is probed, in ms. † ours: often, as citizens are sent there. */
  probeEveryMs: z.number().int().min(10).max(600_000).default(250),
})

/**
 * Where else a service can be had (대체 사이트, S0): kiosk, call centre 110, community centre. The portal names a site only
 * while its probe finds it open, and the page that names it takes no worker from those who wait (ledger invariant 9, F7).
 */
export const alternativeSite: Measure<typeof parameters> = {
  name: 'alternative-site',
  title:
    'Government24 names for each service another site that a probe finds open, on a page that waits for nobody',
  parameters,
}
