/** A company's proxy in the environment: what runs on this machine is asked directly, all else as it says. */
import { execFile } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** Answers `direct`, or, asked as a proxy, `by way of the proxy`. */
let server: Server
let port: number
beforeAll(async () => {
  server = createServer((request, response) =>
    response.end(request.url!.startsWith('http') ? 'by way of the proxy' : 'direct'),
  )
  // Calls of `fetch` go through a proxy in a tunnel.
  server.on('connect', (_, socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nby way of the proxy')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())

const module = new URL('../../harness/commands/loopback.ts', import.meta.url).href

/** What `fetch` and `http.get` are answered for a host, in a process with a proxy. */
async function asked(host: string, env: Record<string, string>, first: string): Promise<string[]> {
  const script = `
    import http from 'node:http'
    ${first}
    const url = 'http://${host}:${port}/'
    const got = new Promise((done, failed) =>
      http.get(url, async (answer) => done((await answer.toArray()).join(''))).on('error', failed))
    console.log(JSON.stringify(await Promise.all([fetch(url).then((answer) => answer.text()), got])))`
  const proxy = `http://127.0.0.1:${port}`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, http_proxy: proxy, ...env },
  })
  return JSON.parse(stdout) as string[]
}

const ours = `const { loopbackIsDirect } = await import('${module}'); loopbackIsDirect()`
const proxied = ['by way of the proxy', 'by way of the proxy']

it.each<[string, Record<string, string>]>([
  ['no exemptions', {}],
  ['empty ones', { NO_PROXY: '', no_proxy: '' }],
  ['others', { NO_PROXY: '.corp.example, 10.0.0.1' }],
  ['others in small letters', { no_proxy: '.corp.example', NO_PROXY: 'elsewhere' }],
])('with %s, 127.0.0.1 and localhost are asked directly', async (_, env) => {
  expect(await asked('127.0.0.1', env, '')).toEqual(proxied)
  expect(await asked('127.0.0.1', env, ours)).toEqual(['direct', 'direct'])
  expect(await asked('localhost', env, ours)).toEqual(['direct', 'direct'])
})

it('other hosts are asked as the environment says', async () => {
  expect(await asked('saeol.test', {}, ours)).toEqual(proxied)
  expect(await asked('saeol.test', { NO_PROXY: 'corp.example' }, ours)).toEqual(proxied)
  await expect(asked('saeol.test', { NO_PROXY: '*' }, ours)).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/)
  await expect(asked('saeol.test', { no_proxy: 'saeol.test' }, ours)).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/)
})
