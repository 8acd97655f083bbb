import { startToxiproxyServer } from '@saeol-chaos/toxiproxy'
import type { ToxicSpec } from '../../harness/model/toxics.ts'
import { connectToxiproxy } from '../../harness/toxiproxy/connect.ts'

/**
 * `pass` · `stall` accepts, and loses all that is said in either direction (F4) · `cut` refuses, and closes what is open
 * (F2) · `drop-large` lets pass what fits one packet, and nothing that was sent after a larger piece (F1) · `truncate`
 * breaks each connection off once 8,000 bytes went there (F11).
 */
export type LinkMode = 'pass' | 'stall' | 'cut' | 'drop-large' | 'truncate'

/** A link over a Toxiproxy of its own, which a test can break while connections run over it. */
export interface Link extends AsyncDisposable {
  readonly url: string
  /** Resolves once Toxiproxy has done it. What a stall swallowed is gone: its connections end with it. */
  set(mode: LinkMode): Promise<void>
}

const silence = (stream: ToxicSpec['stream']): ToxicSpec => ({
  name: `silent-${stream}`,
  type: 'timeout',
  stream,
  toxicity: 1,
  attributes: { timeout: 0 },
})
const lossy: ToxicSpec = {
  name: 'drops-large',
  type: 'packet_loss',
  stream: 'upstream',
  toxicity: 1,
  attributes: { min_bytes: 1_500, probability: 1 },
}
const short: ToxicSpec = {
  name: 'breaks-off',
  type: 'limit_data',
  stream: 'upstream',
  toxicity: 1,
  attributes: { bytes: 8_000 },
}
const toxics: Readonly<Record<LinkMode, readonly ToxicSpec[]>> = {
  pass: [],
  stall: [silence('upstream'), silence('downstream')],
  cut: [],
  'drop-large': [lossy],
  truncate: [short],
}

/** @param target URL of what the link leads to */
export async function startLink(target: string): Promise<Link> {
  const { host } = new URL(target)
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startToxiproxyServer({ port: 0, seed: 'tests' }))
  const toxiproxy = connectToxiproxy(server.url)
  const name = 'link'
  const at = await toxiproxy.createProxy({ name, listen: '127.0.0.1:0', upstream: host })
  const started = stack.move()
  let mode: LinkMode = 'pass'
  return {
    url: `http://127.0.0.1:${at.port}`,
    async set(next) {
      if (next === mode) return
      if (next === 'cut') await toxiproxy.setEnabled(name, false)
      for (const toxic of toxics[mode]) await toxiproxy.removeToxic(name, toxic.name)
      for (const toxic of toxics[next]) await toxiproxy.addToxic(name, toxic)
      if (mode === 'cut') await toxiproxy.setEnabled(name, true)
      mode = next
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}
