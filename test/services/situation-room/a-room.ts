/** A situation room of the tests, with servers in place of what it watches. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export const servers: Server[] = []

export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export interface Heard {
  readonly path: string
  readonly body: Record<string, unknown>
  /** Epoch ms. */
  readonly at: number
}

/** A Saeol that says what it is told to, and remembers what it was asked. */
export async function saeol(
  state: { gpki: boolean; postgres: boolean; refuses: boolean },
  reports: readonly { office: string; from: string; to: string }[] = [],
) {
  const heard: Heard[] = []
  const url = await serve(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const path = request.url ?? ''
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
    if (path === '/health/deep') {
      answer(state.gpki && state.postgres ? 200 : 503, {
        checks: { gpki: { ok: state.gpki }, postgres: { ok: state.postgres } },
      })
      return
    }
    if (request.method === 'GET') {
      answer(200, path === '/fallback' ? { state: 'closed' } : { outageWindows: [], troubleReports: reports })
      return
    }
    heard.push({ path, body: JSON.parse(text), at: Date.now() })
    if (state.refuses) answer(503, { error: 'not now', code: 'no' })
    else
      answer(201, {
        id: '7',
        openedAt: new Date().toISOString(),
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
      })
  })
  return { url, heard, asked: (path: string) => heard.filter((each) => each.path === path) }
}

export const ok: RequestListener = (_request, response) => response.writeHead(200).end('{}')

export const fails: RequestListener = (_request, response) => response.writeHead(503).end('{}')
