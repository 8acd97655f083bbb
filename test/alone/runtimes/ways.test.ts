/** The way up and down, on every runtime: what ends it, in whose words, and that nothing is left. */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { ServiceSpec } from '../../../harness/model/service.ts'
import { filters } from '../../../harness/runtimes/containers/engine.ts'
import { label } from '../../../harness/runtimes/containers/labels.ts'
import { contractSystem } from '../../harness/fixtures/contract/system.ts'
import { engine } from '../../harness/fixtures/engine.ts'
import { describeWith } from '../../needs.ts'
import { ask, logs, madeHere, removeLogs, rowsOf, runtimes, up, volumes } from './ground.ts'

afterAll(removeLogs)

describe.each(runtimes)('$name', ({ name, missing, make }) => {
  describeWith('on the way up and down', { missing, promisedBy: 'CI_REQUIRE_ENGINE' }, () => {
    it('a health of any status is fine where the service says so', async () => {
      await using other = make()
      const { back } = contractSystem.services
      const health = { path: '/health', status: 401 }
      const services = { ...contractSystem.services, back: { ...back, health } as ServiceSpec }
      const asked = await up(other, { back: { HEALTH_STATUS: '401' } }, 'asked', {
        ...contractSystem,
        services,
      })
      await using topology = asked.topology
      expect((await fetch(`${topology.direct('back')}/health`)).status).toBe(401)
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

    it('a death that nobody asked for is told, with its log, and nothing is left', async () => {
      await using other = make()
      const dying = await up(other)
      const volumesOf = async (): Promise<string[]> => {
        if (name !== 'containers') return []
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
      if (name === 'containers') {
        expect(held).toHaveLength(1)
        expect((await volumes()).filter((name) => held.includes(name))).toEqual([])
      }
    })

    it('a service that does not come up ends the way up, in its own words, and nothing is left', async () => {
      await using other = make()
      const before = (await madeHere()).sort()
      await expect(up(other, { back: { DIES_AT_START: 'yes' } })).rejects.toThrow(
        /back ended while starting.*I cannot start like this/,
      )
      expect((await madeHere()).sort()).toEqual(before)
    })

    it('a service that ends after it was ready, while others start, ends the way up at once, in its own words', async () => {
      await using other = make()
      const before = (await madeHere()).sort()
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
      expect((await madeHere()).sort()).toEqual(before)
    })

    it('a service of an unknown kind is told before anything starts', async () => {
      await using other = make()
      const store = { kind: 'postgresql', database: 'contract' } as unknown as ServiceSpec
      const system = { ...contractSystem, services: { ...contractSystem.services, store } }
      await expect(up(other, {}, 'unknown', system)).rejects.toThrow(
        "service 'store' is of unknown kind 'postgresql': did you mean 'postgres'?",
      )
    })

    it('an interruption on the way up leaves nothing', async () => {
      await using other = make()
      const before = (await madeHere()).sort()
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
      expect((await madeHere()).sort()).toEqual(before)
      expect(existsSync(logDir)).toBe(true)
    })
  })
})
