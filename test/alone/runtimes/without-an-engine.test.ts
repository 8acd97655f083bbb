/** Where no engine answers, or one without what is needed: what is told, and that nothing starts. */
import { execFile } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findEngine } from '../../../harness/runtimes/containers/engine.ts'
import type { Register } from '../../../harness/runtimes/host/protocol.ts'
import { oneByOne, type Place, place } from '../../harness/fixtures/command-line.ts'
import { runInContainers, scenarios } from './in-containers.ts'

let here: Place

beforeEach(() => {
  here = place()
})

afterEach(() => here[Symbol.dispose]())

const arguments_ = (...more: string[]): string[] => runInContainers(here.out, more)

describe('without an engine', () => {
  const dead = { DOCKER_HOST: 'unix:///nowhere/docker.sock' }

  it('--runtime containers says so, with the remedy, and exits 5', async () => {
    using nowhere = place(dead)
    const { code, stdout, stderr } = await nowhere.run(...arguments_())
    expect(stderr).toMatch(
      /no container engine answers at unix:\/\/\/nowhere\/docker\.sock \(from DOCKER_HOST\)/,
    )
    expect(stderr).toMatch(/start it .*or use '--runtime processes'/)
    expect([code, stdout]).toEqual([5, ''])
    expect(existsSync(nowhere.out)).toBe(false)
  })

  it('auto takes processes, and says why in one line', async () => {
    using nowhere = place(dead)
    const run = [
      'run',
      ...oneByOne,
      'contract-stall',
      '--arm',
      'untreated',
      '--scenarios',
      scenarios,
      '--out',
      nowhere.out,
    ]
    const { stdout, stderr } = await nowhere.run(...run)
    expect(stderr).toMatch(/^runtime processes: no container engine answers at [^\n]*\n$/)
    expect(stdout).toMatch(/runtime processes/)
    expect(stdout).toMatch(/arrivals started/)
  })

  it('doctor names it and the remedy, and the gate runs all the same', async () => {
    using nowhere = place(dead)
    const { code, stdout } = await nowhere.run('doctor')
    expect(stdout).toMatch(/absent +container engine +no container engine answers/)
    expect(stdout).toMatch(/→ start it/)
    expect(code).toBe(0)
  })

  it('clean says what it cannot remove, keeps it in mind, and exits 5', async () => {
    const running = join(here.dir, `saeol-chaos-${process.getuid!()}`, 'running')
    mkdirSync(running, { recursive: true })
    const gone = { pid: 999_999_999, started: '1' }
    const labelled = [{ engine: 'unix:///nowhere/docker.sock', topology: 'abcd' }]
    const register: Register = { harness: gone, supervisor: gone, processes: [], scratch: [], labelled }
    writeFileSync(join(running, '1.json'), JSON.stringify(register))
    for (let i = 0; i < 2; i++) {
      const { code, stdout } = await here.run('clean')
      expect(stdout).toMatch(
        /^no container engine answers at unix:\/\/\/nowhere.*cannot be removed; start it/,
      )
      expect(stdout).not.toMatch(/nothing was left behind/)
      expect(code).toBe(5)
    }
  })

  it('an engine elsewhere is refused before anything is asked of it', async () => {
    expect(await findEngine({ DOCKER_HOST: 'tcp://192.0.2.1:2375' })).toMatchObject({
      missing: expect.stringMatching(/is not on this machine/),
    })
  })

  it('a socket that this user may not use is told apart from one where nobody answers', async () => {
    const socket = join(here.dir, 'docker.sock')
    const server = createServer((client) => client.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'))
    await new Promise<void>((listening) => server.listen(socket, listening))
    chmodSync(socket, 0o600)
    chmodSync(here.dir, 0o755)
    // Root may use any socket: it lends this one look to nobody.
    const asNobody = process.getuid?.() === 0
    if (asNobody) chownSync(socket, 0, 0)
    else chmodSync(socket, 0)
    const module = pathToFileURL(join(import.meta.dirname, '../../../harness/runtimes/containers/engine.ts'))
    const script = `const { findEngine } = await import('${module}'); console.log(JSON.stringify(await findEngine()))`
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      {
        cwd: '/',
        env: { ...process.env, DOCKER_HOST: `unix://${socket}` },
        ...(asNobody && { uid: 65534, gid: 65534 }),
      },
    )
    server.close()
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({
      missing: expect.stringMatching(/^this user may not use the container engine/),
      remedy: expect.stringMatching(/usermod -aG docker/),
    })
  })
})
