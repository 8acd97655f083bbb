import type { ProxyWanted } from '../proxies.ts'
import type { ToxicTypes, ToxicWanted } from '../toxic-chain.ts'
import { ApiError } from './errors.ts'
import { readFields } from './json.ts'
import { readProxies } from './read-proxy.ts'
import { readToxic } from './read-toxic.ts'

/**
 * What a server starts with: the body of `POST /populate`, and toxics in its proxies.
 * @param types the toxics that there are; none: those of the configuration are ignored
 * @throws ApiError that says what is wrong with which
 */
export function readConfig(config: unknown, types: ToxicTypes | undefined): readonly ProxyWanted[] {
  const proxies = readProxies(config)
  if (types === undefined) return proxies
  return proxies.map((proxy, index) => {
    const { toxics = [] } = readFields((config as readonly unknown[])[index], { toxics: 'list' })
    return { ...proxy, toxics: readToxics(toxics, types, proxy.name) }
  })
}

function readToxics(bodies: readonly unknown[], types: ToxicTypes, proxy: string): readonly ToxicWanted[] {
  const toxics: ToxicWanted[] = []
  for (const [index, body] of bodies.entries()) {
    try {
      toxics.push(readToxic(body, types, (name) => toxics.some((other) => other.name === name)))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      throw new ApiError(error.status, `toxic ${index + 1} of proxy ${proxy}: ${error.message}`)
    }
  }
  return toxics
}
