import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { images } from '../harness/images.ts'
import type { NodeService, ServiceSpec } from '../harness/model/service.ts'
import { proxyName } from '../harness/model/system.ts'
import { serviceEnvironment } from '../harness/runtimes/service-environment.ts'
import { administrativeNetwork as system } from '../scenarios/system.ts'
import { measureNames, measureVariable } from '../services/measures/measure.ts'

interface ComposeService {
  readonly image: string
  readonly command?: string | readonly string[]
  readonly environment?: Readonly<Record<string, string | null>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly ports?: readonly string[]
  readonly profiles?: readonly string[]
  readonly deploy?: { readonly resources?: { readonly limits?: Readonly<Record<string, unknown>> } }
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
}

const root = fileURLToPath(new URL('..', import.meta.url))
const compose = parse(await readFile(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly configs: { readonly links: { readonly content: string } }
}
const proxies = JSON.parse(compose.configs.links.content) as {
  readonly name: string
  readonly listen: string
  readonly upstream: string
  readonly enabled: boolean
}[]
const nodeServices = Object.entries(system.services).filter(
  (entry): entry is [string, NodeService] => entry[1].kind === 'node',
)
const seed = '2023-11-17'

/** Where compose puts what every runtime puts somewhere. */
const containerPort = (service: string, port?: string): number =>
  containerPortOf(system.services[service]!, port)
function containerPortOf(spec: ServiceSpec, port: string | undefined): number {
  if (spec.kind !== 'node') return 5432
  return 8080 + (port === undefined ? 0 : Object.keys(spec.ports).indexOf(port))
}
const proxyPort = (link: string): number => Number(proxyOf(link)?.listen.split(':')[1])
const proxyOf = (link: string) => proxies.find(({ name }) => name === proxyName(link))

describe('docker-compose.yml and scenarios/system.ts', () => {
  it('have the same services, and compose has Toxiproxy, the enrolment and k6 besides', () => {
    expect(Object.keys(compose.services).toSorted()).toEqual(
      [...Object.keys(system.services), 'toxiproxy', 'enrolment', 'k6'].toSorted(),
    )
  })

  it('have the same links, each a proxy with a port of its own', () => {
    expect(proxies.map(({ name, upstream, enabled }) => ({ name, upstream, enabled }))).toEqual(
      system.links.map(({ name, to, port }) => ({
        name: proxyName(name),
        upstream: `${to}:${containerPort(to, port)}`,
        enabled: true,
      })),
    )
    expect(new Set(proxies.map(({ listen }) => listen)).size).toBe(proxies.length)
  })

  it.each(nodeServices)('give %s the same command and variables', (name, spec) => {
    const { command, environment } = compose.services[name]!
    expect(posix.resolve('/app', String(command))).toBe(system.image!.entry(spec.module))
    const expected = serviceEnvironment(
      system,
      name,
      spec,
      {
        host: '0.0.0.0',
        port: (port) => containerPort(name, port),
        link: (link) => ({ host: 'toxiproxy', port: proxyPort(link) }),
        files: {
          people: '/enrolment/people.json',
          centre: '/enrolment/centre.json',
          register: '/enrolment/register.json',
          room: '/enrolment/room.json',
          'desk-1': '/enrolment/desk-1.json',
          'desk-2': '/enrolment/desk-2.json',
          'desk-3': '/enrolment/desk-3.json',
          trust: '/enrolment/trust.json',
          'exchange-ministry': '/enrolment/exchange-ministry.json',
          'exchange-district': '/enrolment/exchange-district.json',
          'id-issuer': '/enrolment/id-issuer.json',
          'id-verifier': '/enrolment/id-verifier.json',
          issuer: '/enrolment/issuer.json',
          phones: '/enrolment/phones.json',
          procurement: '/enrolment/procurement.json',
        },
        scratch: '/data',
      },
      { seed, environment: {} },
    )
    const measures = Object.fromEntries(
      measureNames.map((measure) => [measureVariable(measure), null] as const),
    )
    // For whoever looks at logs by hand.
    expect(environment).toEqual({ ...expected, TZ: 'Asia/Seoul', ...measures })
  })

  it.each(nodeServices)('start %s after the same others', (name) => {
    const needed = system.links.filter((link) => link.from === name && link.needed === 'to-start')
    const waitedFor = Object.entries(compose.services[name]!.depends_on ?? {})
      .filter(([, { condition }]) => condition === 'service_healthy')
      .map(([other]) => other)
    expect(waitedFor.toSorted()).toEqual(['toxiproxy', ...needed.map(({ to }) => to)].toSorted())
  })

  it('lead k6 to the same entrances', () => {
    const { environment } = compose.services.k6!
    for (const { name } of system.links.filter(({ from }) => from === null))
      expect(environment).toHaveProperty(
        proxyName(name).toUpperCase().replaceAll('-', '_'),
        `http://toxiproxy:${proxyPort(name)}`,
      )
  })

  it('use the same images', () => {
    expect(compose.services.toxiproxy!.image).toBe(images.toxiproxy)
    expect(compose.services.postgres!.image).toBe(images.postgres)
    expect(compose.services.k6!.image).toBe(images.k6)
    for (const name of ['enrolment', ...nodeServices.map(([service]) => service)])
      expect(compose.services[name]!.image, name).toBe(system.image!.tag)
  })

  it('make the same keys and registers', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'enrolment-'))
    try {
      const { environment, command } = compose.services.enrolment!
      const { stdout } = await promisify(execFile)(process.execPath, [join(root, String(command))], {
        env: { ...environment, ENROLMENT_DIR: cacheDir },
      })
      expect(stdout).toContain(seed)
      const files = await system.prepare!({ cacheDir, seed })
      for (const [name, file] of Object.entries(files)) {
        expect(await readFile(join(cacheDir, `${name}.json`), 'utf8'), name).toBe(
          await readFile(file, 'utf8'),
        )
        expect(basename(dirname(dirname(file)))).toBe(basename(cacheDir))
      }
      // Found again, not made again.
      expect(new Set(Object.values(files).map(dirname)).size).toBe(1)
    } finally {
      await rm(cacheDir, { recursive: true, force: true })
    }
  })
})

/** `127.0.0.1:${SAEOL_SAEOL_PORT:-18080}:8080`: a default that the environment can change. */
const published = (name: string, port: number, inside: number): string =>
  `127.0.0.1:\${SAEOL_${name.toUpperCase().replaceAll('-', '_')}_PORT:-${port}}:${inside}`

describe('docker-compose.yml', () => {
  const everything = Object.entries(compose.services)

  it.each(everything)(
    'lets %s be reached from this machine only, by a port that can be chosen',
    (name, { ports = [] }) => {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{SAEOL_[A-Z0-9_]+_PORT:-\d+\}:\d+$/)
      if (name !== 'toxiproxy') expect(ports.length).toBeLessThan(2)
    },
  )

  it.each(everything)('keeps %s within bounds', (_name, { deploy }) => {
    expect(Object.keys(deploy?.resources?.limits ?? {})).toEqual(['cpus', 'memory', 'pids'])
  })

  it.each(everything)('knows how %s is', (name, { healthcheck, profiles }) => {
    if (profiles === undefined && name !== 'enrolment') expect(healthcheck?.test).toBeDefined()
  })

  it('publishes every entrance', () => {
    const entrances = system.links.filter(({ from }) => from === null)
    expect(compose.services.toxiproxy!.ports!.slice(1)).toEqual(
      entrances.map(({ name }) => published(proxyName(name), proxyPort(name), proxyPort(name))),
    )
  })
})
