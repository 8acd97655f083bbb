import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Area, Case } from '../case.ts'
import { within } from '../peer.ts'

function stopCase(signal: 'SIGTERM' | 'SIGINT'): Case {
  return {
    name: `${signal} stops it with status 0, connections and all`,
    ownServer: true,
    async run({ proxy, server: { process } }) {
      const { connect } = await proxy()
      const { client, server } = await connect()
      const exited = within(once(process, 'exit'), 'the exit')
      process.kill(signal)
      expect(await exited).toEqual([0, null])
      await client.ended()
      await server.ended()
    },
  }
}

export const process: Area = {
  area: 'process',
  cases: [
    stopCase('SIGTERM'),
    stopCase('SIGINT'),
    {
      name: '--config creates its proxies at the start',
      async run({ subject }) {
        const folder = await mkdtemp(join(tmpdir(), 'toxiproxy-'))
        try {
          const path = join(folder, 'proxies.json')
          const config = [
            { name: 'on', listen: '127.0.0.1:0', upstream: '127.0.0.1:1' },
            { name: 'off', listen: '127.0.0.1:0', upstream: '127.0.0.1:1', enabled: false },
          ]
          await writeFile(path, JSON.stringify(config))
          await using server = await subject.start(['--config', path])
          const proxies = (await (await fetch(`${server.url}/proxies`)).json()) as Record<
            string,
            { enabled: boolean }
          >
          expect(Object.entries(proxies).map(([name, { enabled }]) => [name, enabled])).toEqual([
            ['off', false],
            ['on', true],
          ])
        } finally {
          await rm(folder, { recursive: true })
        }
      },
    },
    {
      name: '--seed fixes what chance decides',
      deviation: 'a seed that works',
      async run({ subject }) {
        const draws: string[] = []
        for (const seed of ['7', '7', '8']) {
          await using server = await subject.start(['--seed', seed])
          draws.push(await drawToxicities(server.url))
        }
        const [first, second, other] = draws
        expect(first === second).toBe(!subject.asUpstream)
        expect(first).not.toBe(other)
      },
    },
  ],
}

/** Which of 32 connections a toxic of toxicity 0.5 took hold of. */
async function drawToxicities(url: string): Promise<string> {
  const { startUpstream, dial } = await import('../peer.ts')
  await using upstream = await startUpstream()
  const post = async (path: string, body: object): Promise<{ listen: string }> =>
    (await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })).json() as Promise<{
      listen: string
    }>
  const { listen } = await post('/proxies', { name: 'a', listen: '127.0.0.1:0', upstream: upstream.address })
  await post('/proxies/a/toxics', { type: 'limit_data', toxicity: 0.5, attributes: { bytes: 0 } })
  let draws = ''
  for (let i = 0; i < 32; i++) {
    const client = await dial(listen)
    const server = await upstream.next()
    server.write('*')
    draws += typeof (await Promise.race([client.ended(), client.receive(1)])) === 'string' ? '0' : '1'
    client.socket.destroy()
  }
  return draws
}
