import { type Latency, Toxiproxy } from 'toxiproxy-node-client'
import { expect } from 'vitest'
import type { Area } from '../case.ts'

const UPSTREAM = '127.0.0.1:1'

export const nodeClient: Area = {
  area: 'toxiproxy-node-client',
  cases: [
    {
      name: 'creates, gets, lists, updates and removes proxies',
      async run({ server, isUp }) {
        const toxiproxy = new Toxiproxy(server.url)
        const created = await toxiproxy.createProxy({ name: 'a', listen: '127.0.0.1:0', upstream: UPSTREAM })
        expect(await isUp(created.listen)).toBe(true)
        expect((await toxiproxy.get('a')).toJson()).toEqual(created.toJson())
        expect(Object.keys(await toxiproxy.getAll())).toEqual(['a'])
        const disabled = await created.update({ listen: created.listen, upstream: UPSTREAM, enabled: false })
        expect(disabled.enabled).toBe(false)
        expect(await isUp(created.listen)).toBe(false)
        await created.remove()
        expect(await toxiproxy.getAll()).toEqual({})
      },
    },
    {
      name: 'populates',
      async run({ server }) {
        const proxies = await new Toxiproxy(server.url).populate([
          { name: 'b', listen: '127.0.0.1:0', upstream: UPSTREAM },
          { name: 'a', listen: '127.0.0.1:0', upstream: UPSTREAM },
        ])
        expect(Object.keys(proxies)).toEqual(['b', 'a'])
      },
    },
    {
      name: 'adds, gets, updates and removes toxics',
      async run({ server }) {
        const proxy = await new Toxiproxy(server.url).createProxy({
          name: 'a',
          listen: '127.0.0.1:0',
          upstream: UPSTREAM,
        })
        const toxic = await proxy.addToxic<Latency>({
          name: 'slow',
          type: 'latency',
          stream: 'upstream',
          toxicity: 0.5,
          attributes: { latency: 100, jitter: 10 },
        })
        expect((await proxy.getToxic<Latency>('slow')).toJson()).toEqual(toxic.toJson())
        const updated = await toxic.update({
          ...toxic.toJson(),
          toxicity: 1,
          attributes: { latency: 200, jitter: 10 },
        })
        expect(updated.toJson()).toEqual({
          name: 'slow',
          type: 'latency',
          stream: 'upstream',
          toxicity: 1,
          attributes: { latency: 200, jitter: 10 },
        })
        await toxic.remove()
        await expect(proxy.getToxic('slow')).rejects.toThrow('404')
      },
    },
    {
      name: 'resets, and reads the version',
      async run({ server }) {
        const toxiproxy = new Toxiproxy(server.url)
        const proxy = await toxiproxy.createProxy({
          name: 'a',
          listen: '127.0.0.1:0',
          upstream: UPSTREAM,
          enabled: false,
        })
        await proxy.addToxic({
          name: 'x',
          type: 'timeout',
          stream: 'upstream',
          toxicity: 1,
          attributes: { timeout: 0 },
        })
        await toxiproxy.reset()
        expect((await toxiproxy.get('a')).enabled).toBe(true)
        await expect(proxy.getToxic('x')).rejects.toThrow('404')
        expect(await toxiproxy.getVersion()).toBe('{"version": "2.12.0"}\n')
      },
    },
    {
      name: 'is told of errors',
      async run({ server }) {
        const toxiproxy = new Toxiproxy(server.url)
        await expect(toxiproxy.get('none')).rejects.toThrow('404')
        await expect(toxiproxy.createProxy({ name: '', listen: '', upstream: '' })).rejects.toThrow('400')
      },
    },
  ],
}
