/**
 * The network by hand, as the README has it: up with docker compose, poked with the real toxiproxy-cli, down again, and
 * nothing left. Needs an engine, docker compose 2 and the images.
 */
import { execFile, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { proxyName } from '../../harness/model/system.ts'
import { leasePorts } from '../../harness/runtimes/host/ports.ts'
import { administrativeNetwork as system } from '../../scenarios/system.ts'
import { describeWith } from '../needs.ts'
import { watcher } from '../services/watcher.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const file = join(root, 'docker-compose.yml')
const project = `saeol-chaos-test-${process.pid}`
const text = await readFile(file, 'utf8')
const { services } = parse(text, { merge: true }) as {
  services: Record<string, { image: string; profiles?: string[] }>
}

/** Its ports are this test's own: on this machine's usual ones somebody else may listen. */
const variables = [...text.matchAll(/\$\{(SAEOL_\w+_PORT):-\d+\}/g)].map(([, name]) => name!)
const lease = await leasePorts(variables.length)
const ports = Object.fromEntries(variables.map((name, i) => [name, String(lease.ports[i])]))
const saeol = `http://127.0.0.1:${ports.SAEOL_SAEOL_PORT}`
const counter = `http://127.0.0.1:${ports.SAEOL_OFFICIAL_TO_COMMUNITY_CENTRE_PORT}`

const compose = composeCommand()
const missing = whatIsMissing()

/** docker compose 2, as a plugin or by itself. */
function composeCommand(): readonly string[] | undefined {
  return [['docker', 'compose'], ['docker-compose']].find(([command, ...args]) => {
    const { stdout } = spawnSync(command!, [...args, 'version', '--short'], { encoding: 'utf8' })
    return /^v?[2-9]/.test(stdout ?? '')
  })
}

function whatIsMissing(): string | undefined {
  if (spawnSync('docker', ['version', '--format', '{{.Server.Version}}']).status !== 0)
    return 'no container engine answers'
  if (compose === undefined) return 'there is no docker compose 2'
  const absent = [...new Set(Object.values(services).map(({ image }) => image))].filter(
    (image) => spawnSync('docker', ['image', 'inspect', image]).status !== 0,
  )
  return absent.length === 0 ? undefined : `these images are not here: ${absent.join(', ')}`
}

async function composed(...args: string[]): Promise<string> {
  const [command, ...first] = compose!
  const { stdout } = await run(command!, [...first, '-f', file, '-p', project, ...args], {
    cwd: root,
    env: { ...process.env, ...ports },
  })
  return stdout
}

const cli = (...args: string[]) => composed('exec', '-T', 'toxiproxy', '/toxiproxy-cli', ...args)

/** What the engine holds of this project; .ci/run compares all that it holds, and the packet filter, before and after. */
async function held(): Promise<string[]> {
  const ofProject = ['--filter', `label=com.docker.compose.project=${project}`, '--format', '{{.ID}}']
  const said = await Promise.all([
    run('docker', ['ps', '-a', ...ofProject]),
    run('docker', ['network', 'ls', ...ofProject]),
    run('docker', ['volume', 'ls', ...ofProject.with(-1, '{{.Name}}')]),
  ])
  return said.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''))
}

/** A visitor asks for a certificate at the counter, for which a clerk must log in. @returns undefined after `patienceMs` */
async function visit(patienceMs: number): Promise<number | undefined> {
  try {
    const answer = await fetch(`${counter}/visits`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify({ residentId: 'resident-000001', kind: 'seal' }),
      signal: AbortSignal.timeout(patienceMs),
    })
    await answer.arrayBuffer()
    return answer.status
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return undefined
    throw error
  }
}

const status = async (url: string): Promise<number> => {
  const answer = await fetch(url, watcher)
  await answer.arrayBuffer()
  return answer.status
}

describeWith('docker compose', { missing, promisedBy: 'CI_REQUIRE_ENGINE' }, () => {
  beforeAll(async () => {
    expect(await held()).toEqual([])
    await composed('up', '--wait', '--quiet-pull')
  }, 120_000)

  afterAll(async () => {
    await composed('down', '--volumes', '--timeout', '5')
    lease[Symbol.dispose]()
  }, 60_000)

  it('brings every service up, healthy', async () => {
    const lines = (await composed('ps', '--format', 'json')).trim().split('\n')
    const healthy = lines
      .map((line) => JSON.parse(line) as { Service: string; Health: string })
      .filter(({ Health }) => Health === 'healthy')
      .map(({ Service }) => Service)
    expect(healthy.toSorted()).toEqual([...Object.keys(system.services), 'toxiproxy'].toSorted())
  })

  it('puts a proxy of the real Toxiproxy on every link', async () => {
    const listed = (await cli('list')).split('\n').map((line) => line.split('\t')[0])
    for (const { name } of system.links) expect(listed).toContain(proxyName(name))
  })

  it('issues a certificate at the counter', async () => {
    expect(await visit(10_000)).toBe(201)
  })

  it('hangs at the login once GPKI is silent: health is green, the deep probe red, and it is over with the fault', async () => {
    const links = ['l4-to-gpki-a', 'l4-to-gpki-b']
    for (const link of links) await cli('toxic', 'add', '-t', 'timeout', '-a', 'timeout=0', link)
    expect(await visit(3_000)).toBeUndefined()
    expect(await status(`${saeol}/health`)).toBe(200)
    expect(await status(`${saeol}/health/deep`)).toBe(503)
    for (const link of links) await cli('toxic', 'remove', '-n', 'timeout_downstream', link)
    await expect.poll(() => visit(10_000)).toBe(201)
    expect(await status(`${saeol}/health/deep`)).toBe(200)
  }, 60_000)

  it('leaves nothing behind', async () => {
    await composed('down', '--volumes', '--timeout', '5')
    expect(await held()).toEqual([])
  }, 60_000)
})
