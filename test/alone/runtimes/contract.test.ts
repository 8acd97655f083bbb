/** The contract of every runtime: a system comes up, its links carry and its faults bite, and nothing of it is left. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FaultContext } from '../../../harness/faults/fault.ts'
import { faultKind } from '../../../harness/faults/index.ts'
import { cut, delay, kill, pause, reset, restart, stall, throttle } from '../../../harness/index.ts'
import type { LoadRun } from '../../../harness/model/load.ts'
import type { ServiceSpec } from '../../../harness/model/system.ts'
import type { Capability, Topology } from '../../../harness/model/topology.ts'
import { containerCapabilities } from '../../../harness/runtimes/containers/capabilities.ts'
import { containersRuntime } from '../../../harness/runtimes/containers/containers.ts'
import { filters } from '../../../harness/runtimes/containers/engine.ts'
import { label } from '../../../harness/runtimes/containers/labels.ts'
import { stateDir } from '../../../harness/runtimes/host/machine.ts'
import { processesRuntime } from '../../../harness/runtimes/processes/processes.ts'
import type { Runtime, ServiceDeath, SystemEvent } from '../../../harness/runtimes/runtime.ts'
import { casesOn, look } from '../../harness/faults/connections.ts'
import { plannedFault } from '../../harness/faults/planned-fault.ts'
import { sharePortLeases } from '../../harness/fixtures/command-line.ts'
import { contractSystem } from '../../harness/fixtures/contract/system.ts'
import { engine, missing } from '../../harness/fixtures/engine.ts'
import { describeWith } from '../../needs.ts'

interface Row {
  readonly name: string
  readonly missing?: string
  /** Its Toxiproxy is the real one, with that one's defects. */
  readonly real: boolean
  make(): Runtime & AsyncDisposable
}

const needsEngine = missing === undefined ? {} : { missing }
const { capabilities } =
  engine === undefined
    ? { capabilities: new Set<Capability>() }
    : await containerCapabilities(engine, [contractSystem])
const runtimes: Row[] = [
  { name: 'processes', real: false, make: () => processesRuntime({ toxiproxy: 'embedded' }) },
  {
    name: 'containers',
    ...needsEngine,
    real: true,
    make: () => containersRuntime({ engine: engine!, capabilities }),
  },
]

interface Up {
  readonly topology: Topology
  readonly logDir: string
  readonly events: SystemEvent[]
  readonly deaths: ServiceDeath[]
}

const root = resolve(import.meta.dirname, '../../..')
const logs = mkdtempSync(join(tmpdir(), 'contract-'))
// What is left is told apart from what others leave: this file has a place of its own for what runs are under way.
sharePortLeases(logs)
process.env.TMPDIR = logs
// PostgreSQL, under another account when this is root, must be able to pass through.
chmodSync(logs, 0o711)
afterAll(() => rmSync(logs, { recursive: true, force: true }))

async function up(
  runtime: Runtime,
  environment: Record<string, Record<string, string>> = {},
  seed = 'contract',
  system = contractSystem,
): Promise<Up> {
  const events: SystemEvent[] = []
  const deaths: ServiceDeath[] = []
  const logDir = mkdtempSync(join(logs, 'up-'))
  const topology = await runtime.up(system, {
    seed,
    environment,
    logDir,
    signal: new AbortController().signal,
    onSystemEvent: (event) => events.push(event),
    onDeath: (death) => deaths.push(death),
  })
  return { topology, logDir, events, deaths }
}

async function ask(url: string): Promise<string> {
  return (await fetch(url, { signal: AbortSignal.timeout(5000) })).text()
}

async function rowsOf(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** Containers, networks and volumes that carry our labels: what this process has made. */
async function onEngine(): Promise<string[]> {
  if (engine === undefined) return []
  const query = filters({ label: [label.harness] })
  const lists = await Promise.all(
    [`/containers/json?all=1&${query}`, `/networks?${query}`].map((path) => engine!.ask('GET', path)),
  )
  const mine = ` ${process.pid} `
  return lists
    .flatMap(({ body }) => body as { Id: string; Labels: Record<string, string> }[])
    .filter(({ Labels }) => Labels[label.harness]!.includes(mine))
    .map(({ Id }) => Id)
}

async function volumes(): Promise<string[]> {
  const { body } = await engine!.ask('GET', '/volumes')
  return ((body as { Volumes: { Name: string }[] | null }).Volumes ?? []).map(({ Name }) => Name)
}

describe.each(runtimes)('$name', ({ missing, real, make }) => {
  describeWith('here', { missing, promisedBy: 'CI_REQUIRE_ENGINE' }, () => {
    let runtime: Runtime & AsyncDisposable
    let here: Up
    beforeAll(async () => {
      runtime = make()
      here = await up(runtime)
    }, 300_000)
    afterAll(async () => {
      await here?.topology[Symbol.asyncDispose]()
      await runtime[Symbol.asyncDispose]()
      expect(here?.deaths).toEqual([])
      expect(await onEngine()).toEqual([])
      expect(readdirSync(stateDir()).filter((name) => name.startsWith('topology-'))).toEqual([])
    })
    const entrance = (): string => here.topology.link('user→front').url

    it('links carry traffic, and services are there past them', async () => {
      expect(await ask(entrance())).toBe('front asked back')
      expect(await ask(here.topology.direct('back'))).toBe('back')
      for (const at of [here.topology.direct('store'), here.topology.link('front→store').url])
        expect(await rowsOf(at, 'select 1 as one')).toEqual([{ one: 1 }])
      await here.topology.toxiproxy.setEnabled('front-to-back', false)
      expect(await ask(entrance())).toBe('the back is silent')
      expect(await ask(here.topology.direct('back'))).toBe('back')
      await here.topology.toxiproxy.setEnabled('front-to-back', true)
    })

    it('a service is told where it is, reads its files, writes its own, and is not root if it need not be', async () => {
      const told = JSON.parse(await ask(`${here.topology.direct('front')}/told`))
      expect(told).toMatchObject({
        service: 'front',
        store: expect.stringMatching(/^postgres:\/\/.*\/contract$/),
      })
      if (runtime.name === 'containers') expect(told.user).not.toBe(0)
      expect(told.cwd).toBe(runtime.name === 'containers' ? '/contract' : root)
      expect(told.zone).toBe(runtime.name === 'containers' ? undefined : process.env.TZ)
      expect(await ask(`${here.topology.direct('front')}/greeting`)).toBe('hello from seed contract')
      expect(await ask(`${here.topology.direct('front')}/note?text=a`)).toBe('a\n')
      expect(await ask(`${here.topology.direct('back')}/note?text=b`)).toBe('b\n')
    })

    it('every line with an event is handed on once, and every line is in the log', async () => {
      for (let i = 0; i < 20; i++) await ask(`${here.topology.direct('back')}/say?text=${i}`)
      await here.topology.flushEvents()
      const said = here.events.filter(({ event }) => event === 'said')
      expect(said.map(({ facts }) => facts.text)).toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
      expect(new Set(said.map(({ service }) => service))).toEqual(new Set(['back']))
      expect(readFileSync(join(here.logDir, 'back.log'), 'utf8').match(/"said"/g)).toHaveLength(20)
    })

    describe.each(
      [
        stall('front→back'),
        stall('front→store'),
        cut('front→back'),
        cut('front→store'),
        delay('user→front', '250ms'),
        throttle('front→back', 50),
        reset('front→back'),
        kill('back'),
        pause('back'),
        pause('store'),
        restart('back'),
      ].map((fault) => plannedFault(fault)),
    )('$id', (spec) => {
      it('is not seen before, bites while it is on, and is gone after its revert', async () => {
        const kind = faultKind(spec.kind)!
        const context: FaultContext = {
          topology: here.topology,
          load: {} as LoadRun,
          signal: new AbortController().signal,
          memory: new Map(),
        }
        expect(await kind.probe(spec, context)).toMatchObject({ bites: false })
        try {
          await kind.inject(spec, context)
          expect(await kind.probe(spec, context)).toMatchObject({ bites: true })
        } finally {
          await kind.revert(spec, context)
        }
        expect(await kind.probe(spec, context)).toMatchObject({ bites: false })
        expect(await ask(entrance())).toBe('front asked back')
      })
    })

    it.each(casesOn({ real }).filter(({ kind }) => kind.to === 'http'))(
      '$fault: $is',
      async ({ row, kind }) => {
        const spec = row.fault('front→back')
        const { inject, revert } = faultKind(spec.kind)!
        const context: FaultContext = {
          topology: here.topology,
          load: {} as LoadRun,
          signal: new AbortController().signal,
          memory: new Map(),
        }
        const fault = { inject: () => inject(spec, context), revert: () => revert(spec, context) }
        await look(row, kind, here.topology.link('front→back'), fault, real)
      },
    )

    it('a service that was killed is started again where it was, with what it wrote, and is heard again', async () => {
      const control = here.topology.control!
      const before = await control.life('back')
      await control.kill('back')
      expect(await control.life('back')).toBeUndefined()
      expect(await ask(entrance())).toBe('the back is silent')
      await control.kill('back')
      await control.start('back')
      await control.start('back')
      expect(await control.life('back')).not.toBe(before)
      expect(await ask(entrance())).toBe('front asked back')
      expect(await ask(`${here.topology.direct('back')}/note?text=after`)).toMatch(/^b\n(.*\n)*after\n$/)
      await ask(`${here.topology.direct('back')}/say?text=again`)
      await here.topology.flushEvents()
      const texts = here.events.filter(({ event }) => event === 'said').map(({ facts }) => facts.text)
      expect(texts).toEqual([...Array.from({ length: 20 }, (_, i) => String(i)), 'again'])
    })

    it('PostgreSQL survives being killed', async () => {
      const at = (): string => here.topology.direct('store')
      await rowsOf(at(), 'create table kept (n int); insert into kept values (42)')
      await here.topology.control!.kill('store')
      await here.topology.control!.start('store')
      expect(await rowsOf(at(), 'select n from kept')).toEqual([{ n: 42 }])
    })

    it('commands run in the network of a service, where there are namespaces', async () => {
      const { inNetworkOf } = here.topology
      expect(inNetworkOf !== undefined).toBe(
        runtime.capabilities.has('packet-loss') && runtime.name !== 'processes',
      )
      if (inNetworkOf === undefined) return
      const [back, front] = await Promise.all(
        ['back', 'front'].map((service) => inNetworkOf(service, ['ip', '-o', '-4', 'addr', 'show', 'eth0'])),
      )
      expect(back).toMatch(/inet /)
      expect(back).not.toBe(front)
      await inNetworkOf('back', ['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '8080', '-j', 'DROP'])
      expect(await ask(entrance())).toBe('the back is silent')
      await inNetworkOf('back', ['iptables', '-F', 'INPUT'])
      expect(await ask(entrance())).toBe('front asked back')
      await expect(inNetworkOf('back', ['iptables', '-A', 'NOWHERE'])).rejects.toThrow(
        /in the network of back.*iptables/,
      )
      await here.topology.control!.kill('back')
      await here.topology.control!.start('back')
      expect(await inNetworkOf('back', ['ip', '-o', '-4', 'addr', 'show', 'eth0'])).toMatch(/inet /)
    })

    it("a health of 204 is fine, and a developer's own PostgreSQL is no business of ours", async () => {
      const theirs = {
        PGSSLMODE: 'require',
        PGOPTIONS: '-c search_path=nowhere -c no_such_setting=1',
        PGDATESTYLE: 'nonsense',
        PGHOST: '192.0.2.1',
      }
      Object.assign(process.env, theirs)
      try {
        await using other = make()
        const second = await up(other, { back: { HEALTH_STATUS: '204' } }, 'theirs')
        await using topology = second.topology
        expect(await rowsOf(topology.direct('store'), 'show search_path')).toEqual([
          { search_path: '"$user", public' },
        ])
      } finally {
        for (const name of Object.keys(theirs)) delete process.env[name]
      }
    })

    it('two side by side do not see each other', async () => {
      await using other = make()
      const second = await up(other, {}, 'another')
      {
        await using topology = second.topology
        expect(await ask(topology.link('user→front').url)).toBe('front asked back')
        expect(await ask(`${topology.direct('front')}/greeting`)).toBe('hello from seed another')
        await topology.toxiproxy.setEnabled('front-to-back', false)
        expect(await ask(topology.link('user→front').url)).toBe('the back is silent')
        expect(await ask(entrance())).toBe('front asked back')
      }
      expect(await ask(entrance())).toBe('front asked back')
    })

    it('a death that nobody asked for is told, with its log, and nothing is left', async () => {
      await using other = make()
      const dying = await up(other)
      const volumesOf = async (): Promise<string[]> => {
        if (runtime.name !== 'containers') return []
        const { body } = await engine!.ask(
          'GET',
          `/containers/json?${filters({ label: [`${label.logs}=${dying.logDir}`] })}`,
        )
        return (body as { Mounts: { Type: string; Name: string }[] }[])
          .flatMap(({ Mounts }) => Mounts)
          .filter(({ Type }) => Type === 'volume')
          .map(({ Name }) => Name)
      }
      const held = await volumesOf()
      {
        await using topology = dying.topology
        await ask(`${topology.direct('back')}/die`).catch(() => {})
        for (let i = 0; i < 200 && dying.deaths.length === 0; i++) await sleep(25)
        expect(dying.deaths).toEqual([
          { service: 'back', code: 7, signal: null, log: join(dying.logDir, 'back.log') },
        ])
        expect(readFileSync(dying.deaths[0]!.log, 'utf8')).toMatch(/these are my last words/)
      }
      expect(dying.deaths).toHaveLength(1)
      if (runtime.name === 'containers') {
        expect(held).toHaveLength(1)
        expect((await volumes()).filter((name) => held.includes(name))).toEqual([])
      }
    })

    it('a service that does not come up ends the way up, in its own words, and nothing is left', async () => {
      await using other = make()
      const before = (await onEngine()).sort()
      await expect(up(other, { back: { DIES_AT_START: 'yes' } })).rejects.toThrow(
        /back ended while starting.*I cannot start like this/,
      )
      expect((await onEngine()).sort()).toEqual(before)
    })

    it('a service that ends after it was ready, while others start, ends the way up at once, in its own words', async () => {
      await using other = make()
      const before = (await onEngine()).sort()
      const from = performance.now()
      const coming = up(other, { back: { DIES_AFTER_MS: '2500' }, front: { NEVER_READY: 'yes' } })
      await expect(coming).rejects.toMatchObject({
        message: expect.stringMatching(
          /^back ended after it was ready, while others were starting \(exit code 9\): .*I was ready, and end/,
        ),
        lookAt: [expect.stringMatching(/back\.log$/)],
      })
      // Far from what the front may take.
      expect(performance.now() - from).toBeLessThan(20_000)
      expect((await onEngine()).sort()).toEqual(before)
    })

    it('a service of an unknown kind is told before anything starts', async () => {
      await using other = make()
      const store = { kind: 'postgresql', database: 'contract' } as unknown as ServiceSpec
      const system = { ...contractSystem, services: { ...contractSystem.services, store } }
      await expect(up(other, {}, 'unknown', system)).rejects.toThrow(
        "system 'contract': the service 'store' is of the unknown kind 'postgresql'; there are 'node' and 'postgres'",
      )
    })

    it('an interruption on the way up leaves nothing', async () => {
      await using other = make()
      const before = (await onEngine()).sort()
      const stop = new AbortController()
      const logDir = mkdtempSync(join(logs, 'stopped-'))
      const coming = other.up(contractSystem, {
        seed: 'x',
        environment: {},
        logDir,
        signal: stop.signal,
        onSystemEvent: () => {},
        onDeath: () => {},
      })
      // On the way up: something has been started, and keeps a log; its start takes longer than a look.
      const looking = setInterval(() => {
        if (readdirSync(logDir).length > 0) stop.abort(new Error('interrupted'))
      }, 5)
      await expect(coming).rejects.toThrow('interrupted')
      clearInterval(looking)
      expect((await onEngine()).sort()).toEqual(before)
      expect(existsSync(here.logDir)).toBe(true)
    })
  })
})
