import type { HttpOptions } from '../model/journey.ts'

// What both drivers' HTTP clients send, made alike. Runs within k6 too, so it imports nothing from Node.

/** How long a user waits for an answer where the journey does not say, ms. */
const defaultTimeoutMs = 5000

/** A request as it goes over the wire, but for what an HTTP client writes itself: `connection` and `content-length`. */
export interface Request {
  readonly method: string
  /** Path and query, percent-encoded. */
  readonly target: string
  /** By name in lower case; `host` only where the journey has one of its own. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly timeoutMs: number
}

/** What says where a request ends belongs to the client alone. */
const notForJourneys = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * @param basePath path of the entrance, before the journey's own: `` or `/saeol`
 * @throws where no client could send it as it stands, with what to change
 */
export function requestOf(
  basePath: string,
  method: string,
  path: string,
  options: HttpOptions = {},
): Request {
  if (!/^[A-Z]+$/.test(method)) throw new Error(`'${method}' is no HTTP method: write it in capitals`)
  if (!path.startsWith('/')) throw new Error(`the path '${path}' does not begin with '/'`)
  const headers: Record<string, string> = {}
  const body = options.json === undefined ? undefined : JSON.stringify(options.json)
  if (body !== undefined) headers['content-type'] = 'application/json'
  for (const name in options.headers) headers[headerName(name)] = headerValue(name, options.headers[name])
  return {
    method,
    target: encoded(basePath + path),
    headers,
    body,
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
  }
}

/** Whether an empty body needs `Content-Length: 0` (RFC 9110, 8.6); without it the server would wait for a body. */
export function tellsEmptyBody(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH'
}

/** Scheme, host with port, and path of an entrance's address; both clients take it apart alike. */
export function addressOf(base: string): { scheme: string; host: string; basePath: string } {
  const [, scheme, host, path] = /^(https?):\/\/([^/?#]+)([^?#]*)$/.exec(base) ?? []
  if (scheme === undefined || host === undefined)
    throw new Error(`'${base}' is no address that users could come in by, such as http://127.0.0.1:20001`)
  return { scheme, host, basePath: path!.replace(/\/+$/, '') }
}

/** A name in lower case, so that one written in two ways is sent once: the later one. */
function headerName(name: string): string {
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a header`)
  const lower = name.toLowerCase()
  if (notForJourneys.has(lower)) throw new Error(`header '${lower}' is the HTTP client's own: leave it out`)
  return lower
}

function headerValue(name: string, value: unknown): string {
  const text = String(value)
  // A line break or another control character would begin another header, or another request.
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text))
    throw new Error(
      `header '${name}' has a line break or another control character in it: ${JSON.stringify(text)}`,
    )
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

/**
 * What must not stand in a URL as it is, percent-encoded as UTF-8; what is encoded already stays. Go and the URL standard
 * differ in which characters those are, so both get what is beyond doubt. A fragment is not sent.
 */
function encoded(target: string): string {
  const sent = target.replace(/#.*$/s, '')
  if (!/[^!$&-;=?-[\]_a-z~]/.test(sent)) return sent
  return sent
    .replace(/%(?![0-9a-fA-F]{2})/g, '%25')
    .replace(/[^!$%&-;=?-[\]_a-z~]/gu, (character) =>
      encodeURIComponent(/\p{Surrogate}/u.test(character) ? '\ufffd' : character),
    )
}
