import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { accept } from '../../src/intake.ts'
import { createLog } from '../../src/log.ts'
import { dial, startUpstream } from '../conformance/peer.ts'

const MAIN = fileURLToPath(new URL('../../bin/toxiproxy.js', import.meta.url))

/** A server whose process may have so many files open. */
async function startWithFiles(files: number): Promise<{ url: string; said(): string; child: ChildProcess }> {
  const command = `ulimit -n ${files}; exec "$0" "$@"`
  const child = spawn('sh', ['-c', command, process.execPath, MAIN, '--port', '0'], { stdio: 'pipe' })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  const [line] = await once(child.stdout, 'data')
  return { url: /http:\S+/.exec(`${line}`)![0], said: () => said, child }
}

// A connection takes two files, so that either what is accepted or what is dialled gets the last one.
test.each([61, 62])('with %i files, what cannot be opened is told, and not once for each', async (files) => {
  await using upstream = await startUpstream()
  const { url, said } = await startWithFiles(files)
  const body = JSON.stringify({ name: 'a', listen: '127.0.0.1:0', upstream: upstream.address })
  const { listen } = (await (await fetch(`${url}/proxies`, { method: 'POST', body })).json()) as {
    listen: string
  }
  for (let i = 0; i < 60; i++) {
    const { socket } = await dial(listen)
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {})
  }
  await expect.poll(said, { timeout: 5000 }).toMatch(/proxy a: .*(EMFILE|too many open files)/)
  expect(said().split('\n').length).toBeLessThan(10)
})

test('an error of accepting is handed on by its name', async () => {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const failures: string[] = []
  accept(
    server,
    () => {},
    ({ message }) => failures.push(message),
  )
  const { _handle } = server as unknown as { _handle: { onconnection(error: number): void } }
  _handle.onconnection(-24)
  expect(failures).toEqual(['accept EMFILE'])
})

test('a line that comes again is counted, and told a second later', () => {
  const lines: string[] = []
  let nowMs = 0
  const log = createLog(
    (line) => lines.push(line),
    () => nowMs,
  )
  for (let i = 0; i < 5; i++) log('proxy a: accept EMFILE')
  log('proxy b: accept EMFILE')
  nowMs = 1000
  log('proxy a: accept EMFILE')
  log('proxy a: accept EMFILE')
  expect(lines).toEqual([
    'proxy a: accept EMFILE',
    'proxy b: accept EMFILE',
    'proxy a: accept EMFILE (and 4 times before)',
  ])
})
