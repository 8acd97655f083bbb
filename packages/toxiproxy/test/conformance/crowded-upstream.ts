import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { within } from './peer.ts'

const ECHO_SERVER = `
  const server = require('node:net').createServer((socket) => socket.on('error', () => {}).pipe(socket))
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))
`

export interface CrowdedUpstream extends AsyncDisposable {
  readonly address: string
  /** Lets it accept again. Resolves once those who waited have been served. */
  disperse(): Promise<void>
}

/** An echo server that stands still with a full queue: the kernel drops whoever else asks to connect. */
export async function startCrowdedUpstream(): Promise<CrowdedUpstream> {
  const child = spawn(process.execPath, ['-e', ECHO_SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  const port = Number(line)
  child.kill('SIGSTOP')
  const waiting: Socket[] = []
  while (await connects(port, waiting)) if (waiting.length > 20) throw new Error('the queue does not fill')

  return {
    address: `127.0.0.1:${port}`,
    async disperse() {
      child.kill('SIGCONT')
      const [first] = waiting
      first!.write('?')
      await within(once(first!, 'data'), 'the crowded upstream to go on')
    },
    async [Symbol.asyncDispose]() {
      for (const socket of waiting) socket.destroy()
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function connects(port: number, waiting: Socket[]): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  waiting.push(socket)
  const connected = once(socket, 'connect').then(() => true)
  return Promise.race([connected, delay(200, false)])
}
