import { bandwidth } from './toxics/bandwidth.ts'
import { latency } from './toxics/latency.ts'
import { limitData } from './toxics/limit_data.ts'
import { noop } from './toxics/noop.ts'
import { resetPeer } from './toxics/reset_peer.ts'
import { slicer } from './toxics/slicer.ts'
import { slowClose } from './toxics/slow_close.ts'
import { timeout } from './toxics/timeout.ts'
import type { ToxicType } from './toxics/toxic.ts'

/** Every toxic there is, by the name that the API knows it by. */
export const toxicTypes: ReadonlyMap<string, ToxicType> = new Map(
  [bandwidth, latency, limitData, noop, resetPeer, slicer, slowClose, timeout].map((toxic) => [
    toxic.type,
    toxic,
  ]),
)
