/** Services of kind `command`: any program comes up, is told where it is, is controlled and goes, its whole tree. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { CommandService, ServiceSpec } from '../../../harness/model/service.ts'
import { chooseRuntime } from '../../../harness/runtimes/choose.ts'
import { identify, isRunning, type ProcessIdentity } from '../../../harness/runtimes/host/machine.ts'
import { processesRuntime } from '../../../harness/runtimes/processes/processes.ts'
import { missingPrograms } from '../../../harness/runtimes/processes/programs.ts'
import { place } from '../../harness/fixtures/command-line.ts'
import { program, systemOf } from '../../harness/fixtures/commands/system.ts'
import { ask, removeLogs, root, type Up, up } from './ground.ts'

const scenarios = join(import.meta.dirname, '../../harness/fixtures/commands')

const undo = new AsyncDisposableStack()
afterAll(async () => {
  await undo.disposeAsync()
  removeLogs()
})
const runtime = undo.use(processesRuntime({ toxiproxy: 'embedded' }))

const bred: ProcessIdentity[] = []
afterEach(() => {
  // A failing test leaves none behind.
  for (const { pid } of bred.splice(0).filter(isRunning)) process.kill(pid, 'SIGKILL')
})

const upWith = (
  change: Partial<CommandService>,
  environment: Record<string, Record<string, string>> = {},
): Promise<Up> => up(runtime, environment, 'commands', systemOf({ ...program, ...change }))

const backOf = (here: Up, path: string): Promise<string> => ask(`${here.topology.direct('back')}${path}`)
const logOf = ({ logDir }: Pick<Up, 'logDir'>): string => readFileSync(join(logDir, 'back.log'), 'utf8')

/** Says a word, waits, and takes its time to say goodbye when asked to end. */
const slowToEnd = (signal: string, takesMs: number): string =>
  `process.on('${signal}', () => setTimeout(() => { console.log('goodbye'); process.exit(0) }, ${takesMs}))
   console.log('I am here')
   setInterval(() => {}, 1000)`
const talker = (script: string): Partial<CommandService> => ({
  argv: [process.execPath, '-e', script, '{port}'],
  ready: { log: /^I am here$/ },
})

describe('a command', () => {
  it('is told where it is, in its arguments and variables, and links lead to it and from it', async () => {
    const here = await upWith({ argv: [...program.argv, '--port={port}', '{scratch}', '{other}'] })
    await using topology = here.topology
    expect(await ask(topology.link('user→front').url)).toBe('front asked back')
    expect(JSON.parse(await backOf(here, '/told'))).toMatchObject({
      service: 'back',
      cwd: join(root, 'test/harness/fixtures/contract'),
    })
    expect(await backOf(here, '/note?text=a')).toBe('a\n')
    const [back] = await commandLines(here)
    const port = new URL(topology.direct('back')).port
    expect(back).toEqual([
      ...program.argv,
      `--port=${port}`,
      expect.stringMatching(/^\/.+\/back$/),
      '{other}',
    ])
  })

  it('is started in the project’s root, with what it inherits and no other variable of ours', async () => {
    Object.assign(process.env, { OURS_ALONE: 'no', OURS_HANDED_ON: 'yes' })
    try {
      const says =
        "console.log(JSON.stringify({ cwd: process.cwd(), env: process.env })); console.log('I am here'); setInterval(() => {}, 1000)"
      const { cwd: _, ...rest } = program
      const here = await up(
        runtime,
        { back: { A_MEASURE: 'on' } },
        'seeded',
        systemOf({
          ...rest,
          ...talker(says),
          env: { OF_ITS_OWN: '{port}' },
          inherit: ['OURS_HANDED_ON', 'NOBODY_HAS_THIS'],
        }),
      )
      await using topology = here.topology
      const { cwd, env } = JSON.parse(logOf(here).split('\n')[0]!)
      expect(cwd).toBe(resolve(root))
      const { port } = new URL(topology.direct('back'))
      expect(env).toMatchObject({
        PATH: process.env.PATH,
        OURS_HANDED_ON: 'yes',
        OF_ITS_OWN: port,
        A_MEASURE: 'on',
        SEED: 'seeded',
        SERVICE_NAME: 'back',
      })
      for (const name of ['OURS_ALONE', 'NOBODY_HAS_THIS', 'VITEST']) expect(env).not.toHaveProperty(name)
    } finally {
      delete process.env.OURS_ALONE
      delete process.env.OURS_HANDED_ON
    }
  })

  it.each<[string, Partial<CommandService>, Record<string, string>]>([
    ['by the status that it wants', { ready: { path: '/health', status: 404 } }, { HEALTH_STATUS: '404' }],
    ['once it accepts', { ready: 'tcp' }, { NEVER_READY: 'yes' }],
  ])('is ready %s', async (_, change, environment) => {
    const here = await upWith(change, { back: environment })
    await using topology = here.topology
    expect(await ask(topology.direct('back'))).toBe('back')
  })

  it('is ready by a line of its output, whose earlier lives do not count', async () => {
    const here = await upWith(talker(slowToEnd('SIGTERM', 0)))
    await using topology = here.topology
    const control = topology.control!
    expect(logOf(here).match(/I am here/g)).toHaveLength(1)
    await control.kill('back')
    await control.start('back')
    expect(logOf(here).match(/I am here/g)).toHaveLength(2)
  })

  it.each<[string, Partial<CommandService>, RegExp]>([
    ['by status', { ready: { path: '/health', status: 202 } }, /back ended while starting \(exit code 9\)/],
    [
      'by its output',
      talker("console.error('no I am not'); process.exit(3)"),
      /\(exit code 3\): it last logged: no I am not/,
    ],
  ])('that is never ready ends the way up in its own words: %s', async (_, change, words) => {
    await expect(upWith(change, { back: { DIES_AFTER_MS: '1000' } })).rejects.toThrow(words)
  })

  it('that ends after it was ready is noticed at once', async () => {
    const here = await upWith({})
    await using _topology = here.topology
    await backOf(here, '/die').catch(() => {})
    await expect.poll(() => here.deaths).toMatchObject([{ service: 'back', code: 7 }])
    expect(logOf(here)).toMatch(/these are my last words/)
  })
})

describe('a command that is asked to end', () => {
  it('gets the signal and the time that it wants', async () => {
    // Longer than others get.
    const here = await upWith({
      ...talker(slowToEnd('SIGUSR2', 2500)),
      stopSignal: 'SIGUSR2',
      stopWithinMs: 20_000,
    })
    await using topology = here.topology
    await topology.control!.stop('back')
    expect(logOf(here)).toMatch(/goodbye/)
  })

  it('is killed once its time is over', async () => {
    const here = await upWith({ ...talker(slowToEnd('SIGTERM', 60_000)), stopWithinMs: 100 })
    await using topology = here.topology
    const from = performance.now()
    await topology.control!.stop('back')
    expect(performance.now() - from).toBeLessThan(20_000)
    expect(logOf(here)).not.toMatch(/goodbye/)
  })

  it('goes with all that it has started, a shell between included', async () => {
    let family: ProcessIdentity[]
    {
      const here = await upWith({ argv: ['sh', '-c', '"$0" service.ts & wait', process.execPath] })
      await using _topology = here.topology
      const pids = JSON.parse(await backOf(here, '/breed')) as number[]
      family = pids.map((pid) => identify(pid)!)
      bred.push(...family)
      expect(family.every(isRunning)).toBe(true)
    }
    for (let i = 0; i < 100 && family.some(isRunning); i++) await sleep(50)
    expect(family.filter(isRunning)).toEqual([])
  })
})

describe('the command line', () => {
  it('refuses commands in containers, whatever engine there is, and says what to do', async () => {
    using here = place({ DOCKER_HOST: 'unix:///nowhere/docker.sock' })
    const { code, stderr } = await here.run(
      'plan',
      'program-stalls',
      '--scenarios',
      scenarios,
      '--runtime',
      'containers',
    )
    expect(stderr).toMatch(
      /service 'back' is of kind 'command', which the runtime 'containers' cannot run: take '--runtime processes'/,
    )
    expect(code).toBe(4)
  })

  it('takes processes by itself, and says why', async () => {
    const systems = [systemOf(program)]
    const chosen = await chooseRuntime({ runtime: 'auto', toxiproxy: 'embedded', systems })
    await using chosenRuntime = chosen.runtime
    expect(chosenRuntime.name).toBe('processes')
    expect(chosen.why).toBe('containers run no services of kind command')
  })

  it('names a program that is not installed, and starts nothing', async () => {
    using here = place()
    const { code, stderr } = await here.run(
      'up',
      'no-such-program',
      '--scenarios',
      scenarios,
      '--out',
      here.out,
    )
    expect(stderr).toMatch(
      /service 'back' of the system 'commands': 'no-such-program' is not on PATH: install it/,
    )
    expect(code).toBe(4)
    expect(here.registers()).toEqual([])
  })
})

describe('what a command needs of this machine', () => {
  const missing = (change: Partial<ServiceSpec>) =>
    missingPrograms(systemOf({ ...program, ...change } as ServiceSpec)).map((said) =>
      said.replace("service 'back' of the system 'commands': ", ''),
    )
  const dir = join(root, program.cwd)

  it.each<[Partial<ServiceSpec>, string[]]>([
    [{}, []],
    [{ argv: ['./service.ts'] }, []],
    [{ argv: ['no-such-program'], optional: true }, []],
    [{ argv: ['no-such-program'], env: { PATH: '/elsewhere' } }, []],
    [{ argv: ['no-such-program'] }, ["'no-such-program' is not on PATH: install it"]],
    [{ argv: ['./server'] }, [`there is no ${dir}/server: build or install it`]],
    [{ cwd: 'nowhere' }, [`its directory ${join(root, 'nowhere')} is not there`]],
  ])('is looked for: %j', (change, said) => expect(missing(change)).toEqual(said))
})

/** Arguments of what runs as a command of this topology. */
async function commandLines({ topology }: Up): Promise<string[][]> {
  const life = await topology.control!.life('back')
  const [, pid] = /process (\d+)/.exec(life!)!
  return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)]
}
