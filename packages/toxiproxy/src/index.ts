/** All that the package offers to whoever imports it. */
export type { ProxyConfig, ToxicConfig } from './config.ts'
export type { Bite, EvidenceEvent, Tally, ToxicRecord, ToxicReport } from './evidence.ts'
export {
  startToxiproxyServer,
  type ToxiproxyServer,
  type ToxiproxyServerOptions,
} from './server.ts'
export type { Stream } from './stream.ts'
