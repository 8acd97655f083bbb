import { lookup } from 'node:dns/promises'
import { isIPv4, isIPv6 } from 'node:net'

export interface Address {
  /** Empty for every interface. */
  readonly host: string
  readonly port: number
}

/**
 * Splits `host:port`, `[v6]:port` or `:port`; the empty text is every interface and any port.
 * @throws Error worded as Go's net package words it, since upstream hands that text to clients
 */
export function parseAddress(text: string): Address {
  if (text === '') return { host: '', port: 0 }
  const colon = text.lastIndexOf(':')
  if (colon === -1) throw new Error(`address ${text}: missing port in address`)
  const bracketed = /^\[(.*)\]$/s.exec(text.slice(0, colon))
  const host = bracketed?.[1] ?? text.slice(0, colon)
  if (bracketed === null && host.includes(':')) throw new Error(`address ${text}: too many colons in address`)
  return { host, port: parsePort(text.slice(colon + 1)) }
}

/**
 * The address as upstream compares it with the one it listens on: names looked up, IPv4 first.
 * @throws Error when the text does not parse or the name has no address
 */
export async function resolveAddress(text: string): Promise<string> {
  const { host, port } = parseAddress(text)
  return formatAddress({ host: await resolveHost(host), port })
}

export function formatAddress({ host, port }: Address): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}

/** What to bind for an address: none means every interface, as does 0.0.0.0, which Go binds for both families. */
export function bindHost(host: string): string | undefined {
  return host === '' || host === '0.0.0.0' || host === '::' ? undefined : host
}

/** Whether one is bound where the other is: every interface has three spellings, and a listener shows only one. */
export function bindsTheSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => text.replace(/^(0\.0\.0\.0|\[::\])?:/, '*:'))
  return one === other
}

async function resolveHost(host: string): Promise<string> {
  if (host === '' || isIPv4(host) || isIPv6(host)) return host
  try {
    return (await lookup(host, { order: 'ipv4first' })).address
  } catch {
    throw new Error(`lookup ${host}: no such host`)
  }
}

function parsePort(text: string): number {
  if (text === '') return 0
  if (!/^[+-]?\d+$/.test(text)) throw new Error(`lookup tcp/${text}: unknown port`)
  const port = Number(text)
  if (port < 0 || port > 65_535) throw new Error(`address ${text}: invalid port`)
  return port
}
