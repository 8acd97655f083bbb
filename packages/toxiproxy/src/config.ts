import { readFile } from 'node:fs/promises'
import { decode } from './api/json.ts'
import { readConfig } from './api/read-config.ts'
import type { Proxies } from './proxies.ts'
import type { ProxyConfig } from './proxy-config.ts'
import type { ToxicTypes } from './toxic-chain.ts'

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
