import type { Fields } from '../fields.ts'
import type { ProxyChange, ProxyWanted } from '../proxies.ts'
import { badRequestBody, missingField } from './errors.ts'
import { readFields } from './json.ts'

const PROXY_BODY = { name: 'string', listen: 'string', upstream: 'string', enabled: 'boolean' } as const

/** The body of `POST /proxies`. @throws ApiError 400 */
export function readProxy(body: unknown): ProxyWanted {
  return complete(readFields(body, PROXY_BODY))
}

/** The body of `PATCH /proxies/{name}`; a name in it is ignored, as upstream ignores it. @throws ApiError 400 */
export function readProxyChange(body: unknown): ProxyChange {
  const { listen, upstream, enabled } = readFields(body, PROXY_BODY)
  return {
    ...(listen !== undefined && { listen }),
    ...(upstream !== undefined && { upstream }),
    ...(enabled !== undefined && { enabled }),
  }
}

/** The body of `POST /populate`: all of it is sound, or none of it counts. @throws ApiError 400 */
export function readProxies(body: unknown): readonly ProxyWanted[] {
  const fields = listOf(body).map((entry) => readFields(entry, PROXY_BODY))
  return fields.map((proxy, index) => complete(proxy, ` at proxy ${index + 1}`))
}

function complete(proxy: Partial<Fields<typeof PROXY_BODY>>, where = ''): ProxyWanted {
  const { name = '', listen = '', upstream = '', enabled = true } = proxy
  if (name === '') throw missingField(`name${where}`)
  if (upstream === '') throw missingField(`upstream${where}`)
  return { name, listen, upstream, enabled }
}

function listOf(body: unknown): readonly unknown[] {
  if (body === null) return []
  if (Array.isArray(body)) return body
  throw badRequestBody('json: cannot unmarshal object into Go value of type []struct')
}
