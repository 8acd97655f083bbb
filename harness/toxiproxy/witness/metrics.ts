import { messageOf } from '../../errors.ts'
import type { Carried, Direction } from '../../model/toxics.ts'
import type { Testimony, Witness, WitnessOptions } from './witness.ts'

const answerWithinMs = 5000

/** `toxiproxy_proxy_received_bytes_total{direction="upstream",listener="…",proxy="a",upstream="…"} 1720` */
const sample = /^toxiproxy_proxy_(received|sent)_bytes_total\{(.*)\} (\S+)$/gm
const label = (labels: string, name: string): string | undefined =>
  new RegExp(`(?:^|,)${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(labels)?.[1]

/**
 * Reads a real server's /metrics.
 * @returns undefined where the server has none
 */
export async function metricsWitness({ url, signal, testify }: WitnessOptions): Promise<Witness | undefined> {
  const read = async (): Promise<string | undefined> => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)])
    const response = await fetch(`${url}/metrics`, { signal: patience })
    const text = await response.text()
    return response.ok ? text : undefined
  }
  if ((await read()) === undefined) return undefined

  return {
    kind: 'metrics',
    async ask(when) {
      const at = performance.timeOrigin + performance.now()
      try {
        for (const [proxy, streams] of carriedByProxy((await read()) ?? ''))
          testify({ said: 'carried', at, when, proxy, streams })
      } catch (error) {
        signal.throwIfAborted()
        throw new Error(`Toxiproxy at ${url} does not answer for its metrics: ${messageOf(error)}`)
      }
    },
    async [Symbol.asyncDispose]() {},
  }
}

type Streams = Extract<Testimony, { said: 'carried' }>['streams']

function carriedByProxy(metrics: string): Map<string, Streams> {
  const proxies = new Map<string, Record<Direction, { -readonly [K in keyof Carried]: number }>>()
  for (const [, side, labels, value] of metrics.matchAll(sample)) {
    const proxy = label(labels!, 'proxy')
    const direction = label(labels!, 'direction')
    if (proxy === undefined || (direction !== 'upstream' && direction !== 'downstream')) continue
    let streams = proxies.get(proxy)
    if (streams === undefined) {
      streams = {
        upstream: { receivedBytes: 0, sentBytes: 0 },
        downstream: { receivedBytes: 0, sentBytes: 0 },
      }
      proxies.set(proxy, streams)
    }
    streams[direction][side === 'received' ? 'receivedBytes' : 'sentBytes'] += Number(value)
  }
  return proxies
}
