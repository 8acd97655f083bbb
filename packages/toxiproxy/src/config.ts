import { readFile } from 'node:fs/promises'
import { decode } from './api/json.ts'
import { readConfig } from './api/read-config.ts'
import type { Proxies } from './proxies.ts'
import type { ToxicTypes } from './toxic-chain.ts'

/** A toxic to start with, as `POST /proxies/{name}/toxics` takes it. */
export interface ToxicConfig {
  readonly type: string
  /** Default: its type, `_` and its stream. */
  readonly name?: string
  /** Default downstream. */
  readonly stream?: 'upstream' | 'downstream'
  /** The share of connections it applies to. Default 1. */
  readonly toxicity?: number
  readonly attributes?: Readonly<Record<string, number | string>>
}

/** A proxy to start with, as in upstream's `-config` file. */
export interface ProxyConfig {
  readonly name: string
  /** host:port; left out: every interface, any port. */
  readonly listen?: string
  /** host:port */
  readonly upstream: string
  /** Default true. */
  readonly enabled?: boolean
  /** In strict mode they are ignored, as upstream ignores them. */
  readonly toxics?: readonly ToxicConfig[]
}

/**
 * @param config proxies, or the path of the JSON file that lists them
 * @param types the toxics that there are; none: those of the configuration are ignored
 * @throws Error that says what of it cannot be read or applied
 */
export async function applyConfig(
  proxies: Proxies,
  config: string | readonly ProxyConfig[],
  types: ToxicTypes | undefined,
): Promise<void> {
  const text = typeof config === 'string' ? await readFile(config, 'utf8') : JSON.stringify(config)
  try {
    const { error } = await proxies.populate(readConfig(decode(text), types))
    if (error !== undefined) throw error
  } catch (error) {
    const where = typeof config === 'string' ? ` (in ${config})` : ''
    throw new Error(
      `Toxiproxy: the proxies to start with could not all be set up: ${(error as Error).message}${where}`,
    )
  }
}
