/** Whole runs in containers, and what is left of them: nothing. */
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { images } from '../../../harness/images.ts'
import { startContainer } from '../../../harness/runtimes/containers/container.ts'
import { label, topologyLabels } from '../../../harness/runtimes/containers/labels.ts'
import { obstacleTo, provideImage, standingOf } from '../../../harness/runtimes/containers/provide-images.ts'
import { reapTopology } from '../../../harness/runtimes/containers/reap.ts'
import { oneByOne, type Place, place, type Started } from '../../harness/fixtures/command-line.ts'
import { engine, leftOnEngine, missing, onEngine } from '../../harness/fixtures/engine.ts'
import { describeWith } from '../../needs.ts'
import { it, itInTurn, nothingIsLeft, until } from '../whole-run.ts'
import { runInContainers, scenarios } from './in-containers.ts'
import { relayTo } from './relay.ts'

const arguments_ = (here: Place, ...more: string[]): string[] => runInContainers(here.out, more)

describeWith('with an engine', { missing, promisedBy: 'CI_REQUIRE_ENGINE' }, () => {
  const ofPlace = (here: Place) => (labels: Readonly<Record<string, string>>) =>
    labels[label.logs]!.startsWith(here.dir)
  /** What is on the engine of runs in this place. */
  const held = (here: Place): Promise<string[]> => onEngine(label.logs, ofPlace(here))
  /** What is still there of runs that have ended. */
  const left = (here: Place): Promise<string[]> => leftOnEngine(label.logs, ofPlace(here))
  /** Neither processes nor containers of this place. */
  const allIsGone = (here: Place): Promise<void> =>
    nothingIsLeft(here, [], (atLast) => (atLast ? left(here) : held(here)))
  const start = (here: Place, ...more: string[]): Started =>
    here.start(...arguments_(here, 'contract-stall', ...more))

  it('auto takes containers, and says why in one line', async ({ here }) => {
    const run = ['plan', 'contract-stall', '--scenarios', scenarios]
    const { code } = await here.run(...run)
    expect(code).toBe(0)
    const started = here.start(
      'run',
      ...oneByOne,
      'contract-stall',
      '--scenarios',
      scenarios,
      '--out',
      here.out,
    )
    await until(started, /runtime containers/)
    started.child.kill('SIGINT')
    const { code: interrupted, stderr } = await started.ended
    expect(stderr).toMatch(/^runtime containers: a container engine answers, and the images are there/)
    expect(interrupted).toBe(130)
    await allIsGone(here)
  })

  it('an image that is not here and cannot be pulled is named, with the remedy: exit 5, nothing started', async ({
    here,
  }) => {
    const { code, stdout, stderr } = await here.run(...arguments_(here, 'no-image'))
    expect(stdout + stderr).toMatch(/the image saeol-chaos\/nobody:has-this is not here and cannot be pulled/)
    expect(stdout + stderr).toMatch(/docker load|tools\/airgap/)
    expect(code).toBe(5)
    await allIsGone(here)
  })

  it('auto takes processes where an image cannot be had', async ({ here }) => {
    const run = ['run', 'no-image', '--arm', 'untreated', '--scenarios', scenarios, '--out', here.out]
    const { stderr } = await here.run(...run)
    expect(stderr).toMatch(/^runtime processes: the image saeol-chaos\/nobody:has-this is not here/)
  })

  it('--toxiproxy path does not go with it: exit 4', async ({ here }) => {
    const { code, stderr } = await here.run(...arguments_(here, 'contract-stall', '--toxiproxy', 'path'))
    expect(stderr).toMatch(/--toxiproxy path is for processes/)
    expect(code).toBe(4)
  })

  describe.concurrent.each<[string, RegExp, number]>([
    ['while the network comes up', /untreated:/, 1200],
    ['while the fault is on', /injected/, 300],
  ])('%s', (_, words, afterMs) => {
    it('Ctrl-C takes everything down and exits 130', async ({ here }) => {
      const started = start(here, '--arm', 'untreated')
      await until(started, words)
      await sleep(afterMs)
      started.child.kill('SIGINT')
      expect((await started.ended).code).toBe(130)
      expect(await left(here)).toEqual([])
      await allIsGone(here)
    })

    it('kill -9 of the run leaves the rest to its supervisor', async ({ here }) => {
      const started = start(here, '--arm', 'untreated')
      await until(started, words)
      await sleep(afterMs)
      if (!words.test('untreated:')) expect((await held(here)).length).toBeGreaterThan(4)
      started.child.kill('SIGKILL')
      await started.ended
      await allIsGone(here)
    })
  })

  itInTurn('a run whose supervisor was killed removes its containers by itself', async ({ here }) => {
    const started = start(here, '--arm', 'untreated')
    await until(started, /baseline begins/)
    process.kill(here.registers()[0]!.supervisor.pid, 'SIGKILL')
    started.child.kill('SIGINT')
    expect((await started.ended).code).toBe(130)
    expect(await left(here)).toEqual([])
    await here.run('clean')
    await allIsGone(here)
  })

  itInTurn(
    'clean removes what is left when the supervisor is killed too, register or not',
    async ({ here }) => {
      const started = start(here, '--arm', 'untreated')
      await until(started, /baseline begins/)
      const [register] = here.registers()
      process.kill(register!.supervisor.pid, 'SIGKILL')
      started.child.kill('SIGKILL')
      await started.ended
      expect((await held(here)).length).toBeGreaterThan(4)
      for (const { pid } of register!.processes) process.kill(pid, 'SIGKILL')
      rmSync(join(here.dir, `saeol-chaos-${process.getuid!()}`, 'running'), { recursive: true })
      const { code, stdout } = await here.run('clean')
      expect(stdout).toMatch(/removed 4 container\(s\) and 1 network\(s\)/)
      expect(code).toBe(0)
      expect(await left(here)).toEqual([])
    },
  )

  itInTurn('clean leaves the containers of a run under way alone', async ({ here }) => {
    const started = start(here, '--arm', 'untreated')
    await until(started, /baseline begins/)
    await here.run('clean')
    expect((await held(here)).length).toBeGreaterThan(4)
    started.child.kill('SIGINT')
    expect((await started.ended).code).toBe(130)
  })

  it('a container that dies in the middle ends the arm with exit 5, named with its log', async ({ here }) => {
    const started = start(here, '--arm', 'untreated')
    await until(started, /baseline begins/)
    const name = (await held(here)).find((one) => one.endsWith('-back'))!
    await engine!.ask('POST', `/containers${name}/kill`)
    const { code, stdout, stderr } = await started.ended
    expect(stdout + stderr).toMatch(/back ended in the middle of the arm \(exit code 137\)/)
    expect(stdout + stderr).toMatch(/back\.log/)
    expect(code).toBe(5)
    await allIsGone(here)
  })

  it('an engine that goes away in the middle ends the arm with exit 5, and what is left is removed when it is back', async ({
    here,
  }) => {
    const real = engine!.address.replace('unix://', '')
    const socket = join(here.dir, 'engine.sock')
    await using relay = await relayTo(real, socket)
    const away = place({ DOCKER_HOST: `unix://${socket}`, TMPDIR: here.dir })
    const started = away.start(...arguments_(here, 'contract-stall', '--arm', 'untreated'))
    await until(started, /baseline begins/)
    relay.cut()
    setTimeout(() => void relay.mend(), 3000)
    const { code, stdout, stderr } = await started.ended
    away[Symbol.dispose]()
    expect(stdout + stderr).toMatch(
      /the container engine at .* ended in the middle of the arm \(connection lost\)/,
    )
    expect(code).toBe(5)
    await allIsGone(here)
  })

  it('an image is built where it is not there, and again when its sources have changed', async ({ here }) => {
    writeFileSync(join(here.dir, 'Dockerfile'), `FROM ${images.toxiproxy}\nCOPY content /content\n`)
    writeFileSync(join(here.dir, 'content'), 'one')
    const tag = `saeol-chaos/test:${process.pid}`
    const image = { tag, build: { context: here.dir, dockerfile: 'Dockerfile', sources: ['content'] } }
    let first = ''
    const said: string[] = []
    const stop = new AbortController()
    const provide = () =>
      provideImage(engine!, image, { progress: (message) => said.push(message), signal: stop.signal })
    try {
      expect(await standingOf(engine!, image)).toBe('absent')
      expect(await obstacleTo(engine!, image)).toBeUndefined()
      await provide()
      await provide()
      const { body } = await engine!.ask('GET', `/images/${tag}/json`)
      first = (body as { Id: string }).Id
      expect(await standingOf(engine!, image)).toBe('there')
      writeFileSync(join(here.dir, 'content'), 'two')
      expect(await standingOf(engine!, image)).toBe('stale')
      await provide()
      expect(await standingOf(engine!, image)).toBe('there')
      expect(said).toEqual([
        expect.stringMatching(/^building the image/),
        expect.stringMatching(/was built of other sources: building it again/),
      ])
      writeFileSync(join(here.dir, 'Dockerfile'), `FROM ${images.toxiproxy}\nCOPY nothing /content\n`)
      await expect(provide()).rejects.toThrow(/could not be built: .*nothing.*'docker build -f/s)
      writeFileSync(join(here.dir, 'Dockerfile'), `FROM ${images.postgres}\nRUN sleep 60\n`)
      setTimeout(() => stop.abort(new Error('interrupted')), 300)
      await expect(provide()).rejects.toThrow('interrupted')
    } finally {
      await engine!.ask('DELETE', `/images/${tag}?force=1`)
      await engine!.ask('DELETE', `/images/${first}?force=1`)
    }
  })

  it('a port that is taken is told in the engine’s words', async ({ here }) => {
    const server = createServer()
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as { port: number }
    const topology = `test-${process.pid}`
    const labels = topologyLabels(topology, here.dir)
    await engine!.ask('POST', '/networks/create', { body: { Name: topology, Labels: labels } })
    const starting = startContainer({
      image: images.toxiproxy,
      name: topology,
      labels,
      network: { id: topology, alias: 'x' },
      command: ['-host=0.0.0.0'],
      published: new Map([[8474, port]]),
    })
    await expect(starting).rejects.toThrow(new RegExp(`${port}.*(in use|allocated)`))
    server.close()
    expect(await reapTopology(engine!, topology)).toEqual({ containers: 1, networks: 1, kept: [] })
  })
})
