import { bandwidth } from './toxics/bandwidth.ts'
import { httpError } from './toxics/http_error.ts'
import { httpLatency } from './toxics/http_latency.ts'
import { latency } from './toxics/latency.ts'
import { limitData } from './toxics/limit_data.ts'
import { limitTime } from './toxics/limit_time.ts'
import { noop } from './toxics/noop.ts'
import { packetLoss } from './toxics/packet_loss.ts'
import { resetPeer } from './toxics/reset_peer.ts'
import { slicer } from './toxics/slicer.ts'
import { slowClose } from './toxics/slow_close.ts'
import { slowOpen } from './toxics/slow_open.ts'
import { timeout } from './toxics/timeout.ts'
import type { ToxicType } from './toxics/toxic.ts'

const upstreams: readonly ToxicType[] = [
  bandwidth,
  latency,
  limitData,
  noop,
  resetPeer,
  slicer,
  slowClose,
  timeout,
]
/** What upstream has nothing like. */
const extensions: readonly ToxicType[] = [httpError, httpLatency, limitTime, packetLoss, slowOpen]

/** Every toxic there is, by the name that the API knows it by; in strict mode only upstream's own. */
export function toxicTypes(strict: boolean): ReadonlyMap<string, ToxicType> {
  const types = strict ? upstreams : [...upstreams, ...extensions]
  return new Map(types.map((toxic) => [toxic.type, toxic]))
}
