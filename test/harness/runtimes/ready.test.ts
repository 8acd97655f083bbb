import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ready } from '../../../harness/model/service.ts'
import { readinessOf } from '../../../harness/runtimes/ready.ts'

let dir: string
let log: string
let server: Server
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ready-'))
  log = join(dir, 'back.log')
  server = createServer((_, response) => response.writeHead(401).end())
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
})
afterEach(() => {
  server.close()
  rmSync(dir, { recursive: true })
})

const asking = (ready: Ready, speaks?: 'tcp') => {
  const { port } = server.address() as AddressInfo
  return readinessOf(
    { kind: 'command', argv: ['x'], ready, ...(speaks !== undefined && { speaks, ask: '' }) },
    () => `http://127.0.0.1:${port}`,
    log,
  )
}

describe('a command is ready', () => {
  it('by the status that it wants, and by no other', async () => {
    expect(await asking({ path: '/', status: 401 })()).toBe('ready')
    expect(await asking({ path: '/in' })()).toEqual({ said: expect.stringMatching(/\/in: status 401$/) })
    expect(await asking({ path: '/in', status: 200 })()).toEqual({
      said: expect.stringMatching(/status 401$/),
    })
  })

  it('once it accepts connections', async () => {
    const ask = asking('tcp')
    expect(await ask()).toBe('ready')
    await new Promise((closed) => server.close(closed))
    expect(await ask()).toEqual({ said: expect.stringMatching(/: connection refused$/) })
  })

  it.each<[string, Ready, object | 'ready']>([
    ['+PONG\r\n', 'redis', 'ready'],
    // While it reads its files.
    [
      '-LOADING Redis is loading\r\n',
      'redis',
      { said: expect.stringMatching(/: -LOADING Redis is loading$/) },
    ],
    ['hello', 'tcp', 'ready'],
  ])('by what is answered on plain TCP: %j to %s', async (answer, ready, is) => {
    server.close()
    server = createTcpServer((socket) => socket.on('error', () => {}).end(answer))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    expect(await asking(ready, 'tcp')()).toEqual(is)
  })

  it('not once it accepts connections, and closes them soon', async () => {
    server.close()
    server = createTcpServer((socket) => void setTimeout(() => socket.destroy(), 30))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    expect(await asking('tcp')()).toEqual({ said: expect.stringMatching(/closed without an answer|reset/) })
  })

  it.each([['started'], [/^\d+ started$/], [/started/g], [/STARTED/i]])(
    'by a line of its output with %s',
    async (words) => {
      const ask = asking({ log: words })
      const not = { said: `no line of its output has ${typeof words === 'string' ? "'started'" : words}` }
      expect(await ask()).toEqual(not)
      writeFileSync(log, 'starting\n12 start')
      expect(await ask()).toEqual(not)
      // Half a line may become another.
      appendFileSync(log, 'ed')
      expect(await ask()).toEqual(not)
      appendFileSync(log, '\n')
      expect(await ask()).toBe('ready')
    },
  )

  it('by no line of an earlier life', async () => {
    writeFileSync(log, '1 started\n')
    const ask = asking({ log: 'started' })
    expect(await ask()).not.toBe('ready')
    appendFileSync(log, '2 started\n')
    expect(await ask()).toBe('ready')
  })
})
