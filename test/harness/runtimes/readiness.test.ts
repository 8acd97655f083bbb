import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { answersHttp, answersPostgres, untilReady } from '../../../harness/runtimes/host/readiness.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** @returns URL of a server that answers with this status; none: it listens no more. */
async function answering(status: number | undefined, headers: Record<string, string> = {}): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status!, headers).end())
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  if (status === undefined) await new Promise((closed) => server.close(closed))
  else servers.push(server)
  return `http://127.0.0.1:${port}/health`
}

it.each([200, 201, 204, 299])('a status of %i is healthy', async (status) => {
  expect(await answersHttp(await answering(status))).toBe('ready')
})

it.each<[number | undefined, Record<string, string>, RegExp]>([
  [301, { location: '/login' }, /\/health: status 301 to \/login$/],
  [404, {}, /\/health: status 404$/],
  [503, {}, /\/health: status 503$/],
  [undefined, {}, /\/health: connect ECONNREFUSED/],
])('a status of %s is not, and is told', async (status, headers, said) => {
  expect(await answersHttp(await answering(status, headers))).toEqual({ said: expect.stringMatching(said) })
})

it('what a service calls healthy is, and nothing else', async () => {
  expect(await answersHttp(await answering(401), 401)).toBe('ready')
  for (const status of [200, 403])
    expect(await answersHttp(await answering(status), 401)).toEqual({
      said: expect.stringMatching(`/health: status ${status}$`),
    })
})

it('a server that speaks no PostgreSQL is told', async () => {
  const url = (await answering(200)).replace('http', 'postgres')
  expect(await answersPostgres(url)).toEqual({ said: expect.stringMatching(/^postgres:\/\//) })
})

it('the last answer stands in the error of a service that is never ready', async () => {
  const url = await answering(503)
  const back = { name: 'back', log: '/nowhere/back.log', hasEnded: () => undefined }
  const waiting = untilReady(back, () => answersHttp(url), new AbortController().signal, 200)
  await expect(waiting).rejects.toMatchObject({
    message: `back was not ready within 0.2 s (${url}: status 503): it has no log`,
    lookAt: ['/nowhere/back.log'],
  })
})
