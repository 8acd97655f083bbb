/** What a system says of its services is checked before anything starts: every option, all problems at once. */
import { describe, expect, it } from 'vitest'
import { makePlan, type PlanOptions } from '../../harness/experiment/make-plan.ts'
import { defineScenario, type ServiceSpec } from '../../harness/index.ts'
import { tinyStall } from './fixtures/scenarios/index.ts'
import { tinySystem } from './fixtures/tiny-system.ts'

const options: PlanOptions = {
  set: {},
  without: [],
  faultsOn: true,
  capabilities: new Set(['links', 'command']),
  runtime: 'processes',
}

const command = { kind: 'command', argv: ['serve', '{port}'], ready: { path: '/health' } }
const { back: node } = tinySystem.services
const postgres = { kind: 'postgres', database: 'shop' }

/** What the plan says of the tiny system with this back; nothing where it plans. */
function problemsOf(back: object, more: Partial<PlanOptions> = {}, environment = {}): string[] {
  const system = { ...tinySystem, services: { ...tinySystem.services, back: back as ServiceSpec } }
  const scenario = defineScenario({
    ...tinyStall,
    name: 'odd',
    system,
    build: () => ({ ...tinyStall.build({ users: 40 }), environment }),
  })
  const planned = makePlan(scenario, { ...options, ...more })
  return 'plan' in planned
    ? []
    : planned.problems.map((said) => said.replace(/^odd: (service 'back': )?/, ''))
}

const { argv: _, ...withoutArgv } = command
const needs = "argv must be a list, the program first: ['redis-server', '--port', '{port}']"

const refused: [object, string[]][] = [
  [{ ...command, kind: 'comand' }, ["service 'back' is of unknown kind 'comand': did you mean 'command'?"]],
  [{ kind: 'redis' }, ["service 'back' is of unknown kind 'redis'; there is node, postgres, command"]],
  [{ ...command, stopsignal: 'SIGINT' }, ["unknown option 'stopsignal': did you mean 'stopSignal'?"]],
  [{ ...command, inherits: [] }, ["unknown option 'inherits': did you mean 'inherit'?"]],
  [{ ...node, helth: { path: '/' } }, ["unknown option 'helth': did you mean 'health'?"]],
  [{ ...postgres, databse: 'x' }, ["unknown option 'databse': did you mean 'database'?"]],
  [withoutArgv, ["it has no 'argv'", expect.stringMatching(/^nothing tells it at which port to listen/)]],
  [
    { ...command, argv: ['serve'] },
    ["nothing tells it at which port to listen: write {port} in its argv or env, as { PORT: '{port}' }"],
  ],
  [
    { ...command, argv: ['serve'], port: 5000 },
    [
      "unknown option 'port'; there is kind, argv, ready, speaks, ask, cwd, env, inherit, stopSignal, stopWithinMs, optional",
      expect.stringMatching(/write \{port\} in its argv/),
    ],
  ],
  [
    { ...command, argv: 'serve {port}' },
    [`${needs}, not "serve {port}"`, expect.stringMatching(/^nothing tells/)],
  ],
  [{ ...command, argv: ['serve', 5000, '{port}'] }, [`${needs}, not ["serve",5000,"{port}"]`]],
  [
    { ...command, argv: ['serve', '--at={prot}'], env: { PORT: '{port}' } },
    ["'--at={prot}' has {prot}: did you mean {port}?"],
  ],
  [
    { ...command, env: { DEBUG: 1 } },
    [`env must be texts by their variables: { PORT: '{port}' }, not {"DEBUG":1}`],
  ],
  [{ ...command, cwd: 7 }, ["cwd must be a directory, seen from the project's root: 'shop', not 7"]],
  [{ ...command, inherit: 'HOME' }, [`inherit must be names of variables: ['JAVA_HOME'], not "HOME"`]],
  [{ ...command, stopSignal: 'SIGTREM' }, ["unknown stopSignal 'SIGTREM': did you mean 'SIGTERM'?"]],
  [{ ...command, stopWithinMs: 0 }, ['stopWithinMs must be a number above 0 and at most 60000, not 0']],
  [
    { ...command, ready: 'http' },
    [`ready is "http": write { path: '/health' }, { log: 'started' }, 'tcp' or 'redis'`],
  ],
  [
    { ...command, ready: { pth: '/' } },
    [`ready says neither 'path' nor 'log': write { path: '/health' }, { log: 'started' }, 'tcp' or 'redis'`],
  ],
  [
    { ...command, ready: { path: '/', stauts: 204 } },
    ["ready has an unknown option 'stauts': did you mean 'status'?"],
  ],
  [
    { ...command, ready: { path: 'health' } },
    [`ready.path must begin with a slash: '/health', not "health"`],
  ],
  [
    { ...command, ready: { path: '/', status: 2000 } },
    ['ready.status must be one status, from 100 to 599, not 2000'],
  ],
  [
    { ...command, ready: { log: '' }, speaks: 'http' },
    ['log must be a text or a regular expression, not ""'],
  ],
  [
    { ...node, module: './back.ts' },
    [`module must be a file URL, as import.meta.resolve('./main.ts'), not "./back.ts"`],
  ],
  [{ ...node, ports: {} }, [`ports must name a variable for each port: { main: 'PORT' }, not {}`]],
  [
    { ...node, health: { path: '/', port: 'mian' } },
    ["health is asked at unknown port 'mian': did you mean 'main'?"],
  ],
  [
    { ...node, health: { path: '/', status: 20 } },
    ['health.status must be one status, from 100 to 599, not 20'],
  ],
  [
    { ...node, health: { path: 'health' } },
    [`health must have a path: { path: '/health' }, not {"path":"health"}`],
  ],
  [{ ...command, speaks: 'htp' }, ["it speaks an unknown protocol 'htp': did you mean 'http'?"]],
  [{ ...command, speaks: 'redis', ask: 'PING' }, ["'ask' is for what speaks 'tcp'"]],
  [
    { ...command, speaks: 'tcp', ask: 7 },
    ["ask must be a text: what a client says first, '' where the server does, not 7"],
  ],
  [
    { ...command, ready: 'tcp' },
    ["links lead to it, and nothing says what they carry: speaks: 'http', 'redis' or 'tcp'"],
  ],
  [{ kind: 'postgres', database: '' }, [`database must be its name: 'shop', not ""`]],
]

describe('a plan', () => {
  it.each([
    command,
    {
      ...command,
      ready: 'tcp',
      speaks: 'tcp',
      ask: '',
      cwd: 'shop',
      inherit: ['JAVA_HOME'],
      stopSignal: 'SIGQUIT',
      stopWithinMs: 5000,
    },
    {
      ...command,
      argv: ['serve'],
      env: { PORT: '{port}', FORMAT: '{name}' },
      ready: { log: /up/ },
      speaks: 'http',
    },
    { ...command, ready: 'redis' },
    node!,
    postgres,
  ])('takes %j', (back) => expect(problemsOf(back)).toEqual([]))

  it.each(refused)('refuses %j', (back, problems) => expect(problemsOf(back)).toEqual(problems))

  it('tells all that is wrong at once', () => {
    const back = { ...command, cwdd: 'x', ready: 'http', stopSignal: 'SIGSTOP', argv: [] }
    expect(problemsOf(back)).toHaveLength(5)
  })

  it('refuses a command where the runtime runs none, and says what to do', () => {
    const elsewhere = { runtime: 'containers', capabilities: new Set(['links'] as const) }
    expect(problemsOf(command, elsewhere)).toEqual([
      "service 'back' is of kind 'command', which the runtime 'containers' cannot run: take '--runtime processes'",
    ])
    expect(problemsOf(node!, elsewhere)).toEqual([])
  })

  it('lets a scenario set variables of a command, but not those that tell it where it is', () => {
    const back = { ...command, env: { PORT: '{port}', SIZE: '5' } }
    expect(problemsOf(back, {}, { back: { SIZE: '9', OTHER: 'x' } })).toEqual([])
    expect(problemsOf(back, {}, { back: { PORT: '80', SEED: 'x' } })).toEqual([
      "'environment' sets PORT of 'back', which the harness sets itself",
      "'environment' sets SEED of 'back', which the harness sets itself",
    ])
  })
})
