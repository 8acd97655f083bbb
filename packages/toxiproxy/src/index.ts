/** All that the package offers to whoever imports it. */

export type { Bite, EvidenceEvent, Tally, ToxicRecord, ToxicReport } from './evidence.ts'
export type { ProxyConfig, ToxicConfig } from './proxy-config.ts'
export {
  startToxiproxyServer,
  type ToxiproxyServer,
  type ToxiproxyServerOptions,
} from './server.ts'
export type { Stream } from './stream.ts'
