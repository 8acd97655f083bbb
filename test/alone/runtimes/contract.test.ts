/** The contract of every runtime: a system comes up, its links carry and its faults bite, and nothing of it is left. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FaultContext } from '../../../harness/faults/fault.ts'
import { faultKind } from '../../../harness/faults/index.ts'
import { cut, delay, kill, pause, reset, restart, stall, throttle } from '../../../harness/index.ts'
import type { LoadRun } from '../../../harness/model/load.ts'
import { stateDir } from '../../../harness/runtimes/host/machine.ts'
import type { Runtime } from '../../../harness/runtimes/runtime.ts'
import { casesOn, look } from '../../harness/faults/connections.ts'
import { expectOnlyWhileOn } from '../../harness/faults/only-while-on.ts'
import { plannedFault } from '../../harness/faults/planned-fault.ts'
import { describeWith } from '../../needs.ts'
import { ask, madeHere, removeLogs, root, rowsOf, runtimes, type Up, up } from './ground.ts'

afterAll(removeLogs)

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
      expect(await madeHere()).toEqual([])
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
        await expectOnlyWhileOn(spec, here.topology)
        expect(await ask(entrance())).toBe('front asked back')
      })
    })

    it.each(casesOn({ real }))('$fault: $is', async ({ row, kind }) => {
      const link = kind.to === 'tcp' ? 'caller→back' : 'front→back'
      const spec = row.fault(link)
      const { inject, revert } = faultKind(spec.kind)!
      const context: FaultContext = {
        topology: here.topology,
        load: {} as LoadRun,
        signal: new AbortController().signal,
        memory: new Map(),
      }
      const fault = { inject: () => inject(spec, context), revert: () => revert(spec, context) }
      await look(row, kind, here.topology.link(link), fault, real)
    })

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
  })
})
