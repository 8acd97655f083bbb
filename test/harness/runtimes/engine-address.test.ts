import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { engineAddress } from '../../../harness/runtimes/containers/engine-address.ts'

const home = mkdtempSync(join(tmpdir(), 'home-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const write = (file: string, content: unknown): void => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
}

/** A place for Docker's configuration, with one context. */
function configured(name: string, context: string, address: string, inUse = context): string {
  const config = join(home, name)
  const id = createHash('sha256').update(context).digest('hex')
  write(join(config, 'config.json'), { currentContext: inUse })
  write(join(config, 'contexts', 'meta', id, 'meta.json'), {
    Name: context,
    Endpoints: { docker: { Host: address } },
  })
  return config
}

describe('DOCKER_HOST', () => {
  it.each([
    ['unix:///run/x.sock', 'unix:///run/x.sock'],
    ['/run/x.sock', 'unix:///run/x.sock'],
    [' /run/with space.sock ', 'unix:///run/with space.sock'],
    ['tcp://127.0.0.1:2375', 'tcp://127.0.0.1:2375'],
    ['http://localhost:2375/', 'tcp://localhost:2375'],
    ['127.0.0.1:2375', 'tcp://127.0.0.1:2375'],
    ['tcp://[::1]:2375', 'tcp://[::1]:2375'],
  ])('%j is %s', (DOCKER_HOST, address) => {
    expect(engineAddress({ DOCKER_HOST, HOME: home })).toEqual({ address, from: ' (from DOCKER_HOST)' })
  })

  it.each([
    ['docker', /^'docker' \(from DOCKER_HOST\) is no address of a container engine$/],
    ['unix://', /is no address/],
    [
      'ssh://user@host',
      /^the container engine at ssh:\/\/user@host \(from DOCKER_HOST\) is not on this machine/,
    ],
    ['tcp://192.0.2.1:2375', /is not on this machine/],
    ['tcp://localhost.example:2375', /is not on this machine/],
  ])('%j is told for what it is', (DOCKER_HOST, missing) => {
    expect(engineAddress({ DOCKER_HOST, HOME: home })).toEqual({
      missing: expect.stringMatching(missing),
      remedy: expect.any(String),
    })
  })

  it('with TLS is told for what it is', () => {
    const env = { DOCKER_HOST: 'tcp://127.0.0.1:2376', DOCKER_TLS_VERIFY: '1', HOME: home }
    expect(engineAddress(env)).toMatchObject({ missing: expect.stringMatching(/wants TLS/) })
  })

  it('that is empty says nothing: the usual sockets are looked at', () => {
    const socket = join(home, '.colima', 'default', 'docker.sock')
    write(socket, '')
    expect(engineAddress({ DOCKER_HOST: '', DOCKER_CONTEXT: ' ', HOME: home })).toEqual({
      address: existsSync('/var/run/docker.sock') ? 'unix:///var/run/docker.sock' : `unix://${socket}`,
      from: '',
    })
  })
})

describe('a Docker context', () => {
  it('that is in use is where the engine is', () => {
    const config = configured('colima', 'colima', 'unix:///colima.sock')
    expect(engineAddress({ DOCKER_CONFIG: config, HOME: home })).toEqual({
      address: 'unix:///colima.sock',
      from: ` (the Docker context 'colima', in use in ${config}/config.json)`,
    })
  })

  it('stands in the home directory', () => {
    configured('.docker', 'here', 'unix:///here.sock')
    expect(engineAddress({ HOME: home })).toMatchObject({ address: 'unix:///here.sock' })
  })

  it('may be asked for, and gives way to DOCKER_HOST', () => {
    const DOCKER_CONFIG = configured('asked', 'orbstack', 'unix:///orbstack.sock', 'default')
    const env = { DOCKER_CONFIG, DOCKER_CONTEXT: 'orbstack', HOME: home }
    expect(engineAddress(env)).toMatchObject({
      address: 'unix:///orbstack.sock',
      from: " (the Docker context 'orbstack', from DOCKER_CONTEXT)",
    })
    expect(engineAddress({ ...env, DOCKER_HOST: '/x.sock' })).toMatchObject({ address: 'unix:///x.sock' })
  })

  it('that is elsewhere, or not there, is told', () => {
    const DOCKER_CONFIG = configured('far', 'far', 'ssh://far')
    expect(engineAddress({ DOCKER_CONFIG, HOME: home })).toMatchObject({
      missing: expect.stringMatching(
        /^the container engine at ssh:\/\/far \(the Docker context 'far'.*is not on this/,
      ),
    })
    expect(engineAddress({ DOCKER_CONFIG, DOCKER_CONTEXT: 'gone', HOME: home })).toEqual({
      missing: "there is no Docker context 'gone' (from DOCKER_CONTEXT)",
      remedy: expect.stringMatching(/docker context ls/),
    })
  })

  it('that cannot be read is as none', () => {
    const config = join(home, 'broken')
    write(join(config, 'config.json'), '{')
    write(join(home, '.colima', 'default', 'docker.sock'), '')
    expect(engineAddress({ DOCKER_CONFIG: config, HOME: home })).toMatchObject({ from: '' })
  })
})
