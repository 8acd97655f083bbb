/** What is published: packed, installed by plain npm in a project of somebody else, and used there. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leasePorts } from '../../harness/runtimes/host/ports.ts'
import { sharePortLeases } from '../harness/fixtures/command-line.ts'
import { missingRedis } from '../harness/fixtures/commands/spoken.ts'
import { describeWith } from '../needs.ts'
import { decided } from '../second-try.ts'
import {
  copyExample,
  copyWithoutScenarios,
  filesBelow,
  httpServer,
  killGroup,
  pack,
  pathWith,
  pythonWith,
  quietly,
  running,
  start,
  succeed,
  tooLong,
  until,
} from './as-a-stranger.ts'

const root = resolve(import.meta.dirname, '../..')

const python = pythonWith('flask', 'redis')

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
}

const client = `toxiproxy-node-client@${manifest.dependencies['toxiproxy-node-client']}`

export let place: string | undefined

let project: string

/** Where nothing but the Toxiproxy is installed. */
let proxyOnly: string

/** Why no package can be had from the registry that npm is set up with, or undefined. */
const unreachable = await succeed(tmpdir(), 'npm', 'view', client, 'name', '--fetch-retries=0').then(
  () => undefined,
  (error: Error) =>
    `the npm registry cannot be reached, ${error.message.match(/code (\w+)/)?.[1] ?? 'npm view fails'}`,
)

describeWith('the package', { missing: unreachable, promisedBy: 'CI_REQUIRE_REGISTRY' }, () => {
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'saeol-test-'))
    // As root, PostgreSQL runs as somebody who must be able to pass through.
    chmodSync(place, 0o711)
    sharePortLeases(place)
    project = join(place, 'project')
    copyExample('your-own-system', project)
    await pack(root, place)
    const tarball = join(place, `saeol-chaos-${manifest.version}.tgz`)
    const toxiproxy = join(
      place,
      `saeol-chaos-toxiproxy-${manifest.dependencies['@saeol-chaos/toxiproxy']}.tgz`,
    )
    await succeed(project, 'npm', 'install', ...quietly, tarball, toxiproxy, client)
    proxyOnly = join(place, 'proxy-only')
    mkdirSync(proxyOnly)
    writeFileSync(join(proxyOnly, 'package.json'), '{"type":"module"}')
    await succeed(proxyOnly, 'npm', 'install', ...quietly, toxiproxy)
  }, 600_000)
  afterAll(() => {
    for (const { pid } of running) killGroup(pid)
    if (place !== undefined) rmSync(place, { recursive: true, force: true })
  })

  it('holds what is built, its documents, and nothing else', () => {
    const files = filesBelow(join(project, 'node_modules', 'saeol-chaos'))
    const sources = ['harness', 'services', 'scenarios'].flatMap((dir) =>
      filesBelow(join(root, dir))
        .filter((file) => file.endsWith('.ts'))
        .map((file) => `dist/${dir}/${file.replace(/\.ts$/, '')}`),
    )
    expect(files.filter((file) => file.startsWith('dist/'))).toEqual(
      sources.flatMap((source) => [`${source}.d.ts`, `${source}.js`]).sort(),
    )
    expect(files.filter((file) => !/^(dist|docs)\//.test(file))).toEqual([
      'LICENSE',
      'README.md',
      'bin/saeol-chaos.js',
      'harness/reporters/result.schema.json',
      'package.json',
    ])
    expect(files.filter((file) => file.startsWith('docs/') && !file.endsWith('.md'))).toEqual([])
  })

  it('brings nothing that few need: no container client, no database, no web framework', () => {
    const installed = readdirSync(join(project, 'node_modules'))
    for (const name of Object.keys(manifest.peerDependencies))
      expect(installed).not.toContain(name.split('/')[0])
  })

  describe('the Toxiproxy alone', () => {
    const folder = (): string => join(proxyOnly, 'node_modules', '@saeol-chaos', 'toxiproxy')

    it('brings no other package, and holds what is built and its documents', () => {
      const installed = filesBelow(join(proxyOnly, 'node_modules'))
        .filter((file) => file.endsWith('package.json'))
        .map((file) => dirname(file))
      expect(installed).toEqual(['@saeol-chaos/toxiproxy'])
      const files = filesBelow(folder())
      const sources = filesBelow(join(root, 'packages/toxiproxy/src')).map((file) =>
        file.replace(/\.ts$/, ''),
      )
      expect(files.filter((file) => file.startsWith('dist/'))).toEqual(
        sources.flatMap((source) => [`dist/${source}.d.ts`, `dist/${source}.js`]).sort(),
      )
      expect(files.filter((file) => !file.startsWith('dist/'))).toEqual([
        'LICENSE',
        'README.md',
        'bin/toxiproxy.js',
        'docs/compatibility.md',
        'package.json',
      ])
    })

    it('serves from its command line', async () => {
      const started = start(proxyOnly, process.execPath, join(folder(), 'bin/toxiproxy.js'), '--port', '0')
      await until(started, /listening on (http:\S+)/)
      const [, url] = /listening on (http:\S+)/.exec(started.stdout())!
      expect(await (await fetch(`${url}/version`)).json()).toEqual({ version: '2.12.0' })
      started.child.kill('SIGTERM')
      expect(await started.ended).toMatchObject({ code: 0, stderr: '' })
    })

    it('is imported, by programs and by a strict compiler that knows no types of Node', async () => {
      writeFileSync(
        join(proxyOnly, 'main.ts'),
        `import { startToxiproxyServer, type ToxiproxyServer } from '@saeol-chaos/toxiproxy'
         const server: ToxiproxyServer = await startToxiproxyServer({ port: 0 })
         const url: string = server.url
         console.log((await fetch(url + '/proxies')).status)
         await server[Symbol.asyncDispose]()
         // @ts-expect-error a port is a number
         void (() => startToxiproxyServer({ port: '0' }))`,
      )
      const options = ['--noEmit', '--strict', '--target', 'esnext', '--module', 'nodenext']
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      await succeed(proxyOnly, process.execPath, tsc, ...options, 'main.ts')
      expect(await succeed(proxyOnly, process.execPath, 'main.ts')).toBe('200\n')
    })
  })

  it('gives its types to a strict compiler, and its schema to whoever asks', async () => {
    writeFileSync(
      join(project, 'scenarios', 'mistakes.ts'),
      `import { arrivals, defineScenario, stall } from 'saeol-chaos'
       import { scenarios } from './index.ts'
       import { shop } from './system.ts'
       const scenario = scenarios[0]!
       defineScenario({ ...scenario, name: 'another' })
       // @ts-expect-error a name is a string
       defineScenario({ ...scenario, name: 17 })
       // @ts-expect-error a journey, not its name
       arrivals('buyer', '40/s')
       // @ts-expect-error a link by its name
       stall(shop)`,
    )
    await succeed(project, process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', project)
    const from = createRequire(join(project, 'package.json'))
    expect(JSON.parse(readFileSync(from.resolve('saeol-chaos/result.schema.json'), 'utf8'))).toHaveProperty(
      '$schema',
    )
  })

  describe.each<[string, string, string[], number | null]>([
    // The shell that npx puts in between dies of the signal itself, so its exit code says nothing of the server.
    ['npx saeol-chaos', 'npx', ['--no', 'saeol-chaos'], null],
    ['saeol-chaos', 'node_modules/.bin/saeol-chaos', [], 0],
  ])('%s toxiproxy', (_, command, args, exitCode) => {
    it('serves toxiproxy-node-client until SIGTERM, and leaves nothing', async () => {
      await using upstream = await httpServer()
      using lease = await leasePorts(1)
      const [port] = lease.ports
      const started = start(project, command, ...args, 'toxiproxy', '--port', `${port}`)
      await until(started, /listening on/)
      try {
        const require = createRequire(join(project, 'package.json'))
        const { Toxiproxy } = require('toxiproxy-node-client') as typeof import('toxiproxy-node-client')
        const toxiproxy = new Toxiproxy(`http://127.0.0.1:${port}`)
        const proxy = await toxiproxy.createProxy({
          name: 'front-to-stock',
          listen: '127.0.0.1:0',
          upstream: `127.0.0.1:${upstream.port}`,
        })
        const ask = async (): Promise<string> =>
          (await fetch(`http://${proxy.listen}`, { signal: AbortSignal.timeout(1000) })).text()
        expect(await ask()).toBe('in stock')

        await proxy.addToxic({
          name: 'silent',
          type: 'timeout',
          stream: 'downstream',
          toxicity: 1,
          attributes: { timeout: 0 },
        })
        await expect(ask()).rejects.toThrow(/timeout/)
        expect(Object.keys(await toxiproxy.getAll())).toEqual(['front-to-stock'])
        expect((await proxy.getToxic('silent')).toJson()).toMatchObject({ type: 'timeout', toxicity: 1 })
      } finally {
        started.child.kill('SIGTERM')
      }
      const { code, stderr } = await Promise.race([started.ended, tooLong(30_000)])
      expect(stderr.replace(/^npm warn .*\n/gm, '')).toBe('')
      if (exitCode !== null) expect(code).toBe(exitCode)
      await expect(fetch(`http://127.0.0.1:${port}/version`)).rejects.toThrow()
    })
  })

  it("runs somebody else's scenario: exit 0, for the measure saves it", async (context) => {
    const ended = await decided(context, () => start(project, 'npx', '--no', 'saeol-chaos', 'run').ended)
    expect(ended.stdout + ended.stderr).toMatch(/stock-stalls +✓ holds +✓ holds +✓ deviates/)
    expect(ended.code).toBe(0)
    expect(readdirSync(join(project, '.chaos', 'latest')).sort()).toEqual(
      expect.arrayContaining(['journal.jsonl', 'junit.xml', 'logs', 'result.json']),
    )
  })

  it('and exit 3 with --no-faults, for then it shows nothing', async () => {
    const blind = ['run', '--no-faults', '--arm', 'untreated']
    const { code, stdout, stderr } = await start(project, 'npx', '--no', 'saeol-chaos', ...blind).ended
    expect(stdout + stderr).toMatch(/vacuous/)
    expect(code).toBe(3)
  })

  const withoutFlask = python === undefined ? 'no python3 has Flask and redis-py' : undefined
  const promisedBy = 'CI_REQUIRE_FLASK'
  describeWith('services in any language', { missing: missingRedis ?? withoutFlask, promisedBy }, () => {
    const command = () => ['env', pathWith(python!), join(project, 'node_modules/.bin/saeol-chaos')] as const

    it('run too: exit 0, for the measure saves a counter in Python from a Redis that stalls', async (context) => {
      // Below the project that the package is installed in.
      const other = join(project, 'any-language')
      copyExample('any-language', other)
      await succeed(other, process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', other)
      const ended = await decided(context, () => start(other, ...command(), 'run').ended)
      expect(ended.stdout + ended.stderr).toMatch(/^redis-stalls {2}✓ holds: from-memory saves \d+ of/m)
      expect(ended.code).toBe(0)
    })

    it('init writes a first scenario for such a project: it runs, and says that nothing saves it yet', async (context) => {
      const fresh = join(project, 'fresh')
      copyWithoutScenarios('any-language', fresh, 'REDIS_URL=redis://:secret@127.0.0.1:6379/3\n')
      const written = await start(fresh, ...command(), 'init').ended
      expect(written.stdout).toMatch(
        /found: python3 -m flask .* ready when \/health answers; redis by REDIS_URL/,
      )
      expect(written.stdout + readFileSync(join(fresh, 'scenarios/system.ts'), 'utf8')).not.toMatch(/secret/)
      expect(written.code).toBe(0)
      const ended = await decided(context, () => start(fresh, ...command(), 'run').ended)
      expect(ended.stdout).toMatch(/✗ deviates: the measures do not save it \(fallback\)/)
      expect(ended.code).toBe(1)
      const again = await start(fresh, ...command(), 'init').ended
      expect(again.stderr).toMatch(/scenarios\/system\.ts is there already: nothing was written/)
      expect(again.code).toBe(4)
    })
  })

  it('where there are no scenarios it brings the administrative network up by name, and never instead of theirs', async () => {
    const elsewhere = join(project, 'elsewhere')
    mkdirSync(elsewhere)
    const command = join(project, 'node_modules/.bin/saeol-chaos')
    const unasked = await start(elsewhere, command, 'run').ended
    expect(unasked.stderr).toMatch(/no scenarios: none of .*elsewhere/)
    expect(unasked.code).toBe(4)
    // What its services are made of, and PostgreSQL, are asked for by name; the command that is named installs them.
    for (const what of [/own network needs packages/, /PostgreSQL of the system .* needs packages/]) {
      const lacking = await start(elsewhere, command, 'up', '--scenarios', 'built-in').ended
      expect(lacking.stderr).toMatch(what)
      expect(lacking.code).toBe(4)
      const [, packages] = /npm install --save-dev (.+)/.exec(lacking.stderr)!
      await succeed(project, 'npm', 'install', ...quietly, '--save-dev', ...packages!.split(' '))
    }
    const contained = ['up', '--scenarios', 'built-in', '--runtime', 'containers']
    expect((await start(elsewhere, command, ...contained).ended).stderr).toMatch(
      /containers need packages that are not installed here: npm install --save-dev testcontainers@/,
    )
    const started = start(elsewhere, command, 'up', '--scenarios', 'built-in')
    await Promise.race([until(started, /Ctrl-C takes the network down/), started.ended])
    started.child.kill('SIGINT')
    const { code, stdout, stderr } = await started.ended
    expect(stdout + stderr).toMatch(/saeol→l4/)
    expect(code).toBe(0)
  })
})
