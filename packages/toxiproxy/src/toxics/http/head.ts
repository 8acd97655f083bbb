/** The head of an HTTP/1 message: its first line and its headers. */
export interface Head {
  /** Without its line end: `GET /path HTTP/1.1`, `HTTP/1.1 200 OK`. */
  readonly startLine: string
  /** Names in lower case; what comes more than once is joined by commas. */
  readonly headers: ReadonlyMap<string, string>
}

/** Of the text before the blank line. */
export function parseHead(text: string): Head {
  const [startLine = '', ...lines] = text.split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return { startLine, headers }
}
