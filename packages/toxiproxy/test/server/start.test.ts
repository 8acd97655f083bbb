import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startToxiproxyServer } from '../../src/index.ts'
import { dial, startUpstream } from '../conformance/peer.ts'
import { configFile, MAIN, run } from './command-line.ts'

async function takenPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return `${(server.address() as { port: number }).port}`
}

test('a port that is taken is told in words', async () => {
  const port = await takenPort()
  const { code, stdout, stderr } = await run('--port', port)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toBe(
    `Toxiproxy: 127.0.0.1:${port} is in use already. Stop what listens there, or choose another port.\n`,
  )
})

test('a port that is none is told in words', async () => {
  expect(await run('--port', 'http')).toMatchObject({
    code: 1,
    stderr: '--port takes a number from 0 to 65535, not "http"\n',
  })
})

test('a configuration that cannot be applied ends it, and says which file', async () => {
  const port = await takenPort()
  const taken = await configFile(`[{"name":"a","listen":"127.0.0.1:${port}","upstream":"127.0.0.1:1"}]`)
  const { code, stderr } = await run('--port', '0', '--config', taken)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^Toxiproxy: .*address already in use \(in .*proxies\.json\)\n$/)
  const incomplete = await configFile('[{"name":"a"}]')
  expect((await run('--port', '0', '--config', incomplete)).stderr).toContain(
    'missing required field: upstream at proxy 1',
  )
  expect((await run('--port', '0', '--config', '/nowhere.json')).stderr).toContain('/nowhere.json')
})

test('it ends with the parent that spawned it with a channel', async () => {
  const child = spawn(process.execPath, [MAIN, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout!, 'data')
  const exited = once(child, 'exit')
  child.disconnect()
  expect(await exited).toEqual([0, null])
})

test('an abort stops it: ports are free, connections closed', async () => {
  const stop = new AbortController()
  await using upstream = await startUpstream()
  const config = [{ name: 'a', listen: '127.0.0.1:0', upstream: upstream.address }]
  const server = await startToxiproxyServer({ port: 0, config, signal: stop.signal })
  const { listen } = (await (await fetch(`${server.url}/proxies/a`)).json()) as { listen: string }
  const client = await dial(listen)
  stop.abort()
  await client.ended()
  await server[Symbol.asyncDispose]()
  await expect(dial(listen)).rejects.toThrow('ECONNREFUSED')
  await expect(fetch(server.url)).rejects.toThrow()
  await expect(startToxiproxyServer({ port: 0, signal: stop.signal })).rejects.toThrow('abort')
})

test('many small chunks wait side by side: their number does not hold them up', async () => {
  await using upstream = await startUpstream()
  await using server = await startToxiproxyServer({
    port: 0,
    config: [{ name: 'a', listen: '127.0.0.1:0', upstream: upstream.address }],
  })
  const body = JSON.stringify({ type: 'latency', stream: 'upstream', attributes: { latency: 5000 } })
  await fetch(`${server.url}/proxies/a/toxics`, { method: 'POST', body })
  const { listen } = (await (await fetch(`${server.url}/proxies/a`)).json()) as { listen: string }
  const client = await dial(listen)
  onTestFinished(() => void client.socket.destroy())
  const received = await upstream.next()
  const waiting = async () => {
    const { connections } = (await (await fetch(`${server.url}/connections`)).json()) as never
    return (connections as [{ streams: { upstream: { toxics: [{ chunks: number }] } } }])[0].streams.upstream
      .toxics[0].chunks
  }
  let sent = 0
  // More than the 1,024 that would hold up Toxiproxy 2.12.0, each in a read of its own, before the first is let go.
  while ((await waiting()) < 1500 && received.received().length === 0) {
    for (let i = 0; i < 50; i++, sent++) {
      client.write('*')
      await new Promise(setImmediate)
    }
  }
  expect(received.received().length).toBe(0)
  await fetch(`${server.url}/proxies/a/toxics/latency_upstream`, { method: 'DELETE' })
  await received.receive(sent)
})
