import {
  type CommandService,
  commandPlaces,
  commandProtocols,
  listens,
  type NodeService,
  type PostgresService,
  type ServiceSpec,
  stopSignals,
} from '../../model/service.ts'
import type { System } from '../../model/system.ts'
import { nearMiss, unknown, unread } from '../../near-miss.ts'
import { placeholdersIn } from '../../placeholders.ts'
import { unknownKinds } from '../../runtimes/kinds.ts'

/** How long a command may take to end, ms, at most: a teardown waits for it. */
const longestStopMs = 60_000

/** What is wrong with the definitions of services, each option with what was probably meant. */
export function serviceProblems(system: System): string[] {
  const known = { ...system, services: pick(system.services, (spec) => spec.kind in options) }
  return [
    ...unknownKinds(system),
    ...Object.entries(known.services).flatMap(([service, spec]) =>
      [
        ...optionProblems(spec, options[spec.kind]),
        ...problemsOfKind(spec),
        ...portProblems(service, spec, known),
      ].map((said) => `service '${service}': ${said}`),
    ),
  ]
}

/** Options of each kind; `true`: it cannot do without. */
const options = {
  node: { module: true, ports: true, health: true, environment: false },
  postgres: { database: true },
  command: {
    argv: true,
    ready: true,
    speaks: false,
    ask: false,
    cwd: false,
    env: false,
    inherit: false,
    stopSignal: false,
    stopWithinMs: false,
  },
} as const

function optionProblems(spec: ServiceSpec, known: Readonly<Record<string, boolean>>): string[] {
  const given = Object.keys(spec)
  const missing = Object.keys(known).filter((name) => known[name] && !given.includes(name))
  return [
    ...(unread(spec, ['kind', ...Object.keys(known), 'optional']).unread ?? []),
    ...missing.map((name) => `it has no '${name}'`),
  ]
}

function problemsOfKind(spec: ServiceSpec): string[] {
  if (spec.kind === 'node') return nodeProblems(spec)
  return spec.kind === 'postgres' ? postgresProblems(spec) : commandProblems(spec)
}

function nodeProblems({ module, ports, health }: NodeService): string[] {
  const names = isRecord(ports) ? Object.keys(ports) : []
  return [
    ...must(module, isFileUrl, "module must be a file URL, as import.meta.resolve('./main.ts')"),
    ...must(
      ports,
      (value) => isTexts(value) && names.length > 0,
      "ports must name a variable for each port: { main: 'PORT' }",
    ),
    ...must(health, hasPath, "health must have a path: { path: '/health' }"),
    ...(health?.port !== undefined && !names.includes(health.port)
      ? [`health is asked at ${unknown('port', String(health.port), names)}`]
      : []),
    ...must(health?.status, isStatus, 'health.status must be one status, from 100 to 599'),
  ]
}

function postgresProblems({ database }: PostgresService): string[] {
  return must(database, isText, "database must be its name: 'shop'")
}

function commandProblems(spec: CommandService): string[] {
  const { argv, cwd, env, inherit, ready, stopSignal, stopWithinMs } = spec
  return [
    ...must(
      argv,
      (value) => isList(value) && isText(value[0]) && value.every((one) => typeof one === 'string'),
      "argv must be a list, the program first: ['redis-server', '--port', '{port}']",
    ),
    ...must(cwd, isText, "cwd must be a directory, seen from the project's root: 'shop'"),
    ...must(env, isTexts, "env must be texts by their variables: { PORT: '{port}' }"),
    ...must(
      inherit,
      (value) => isList(value) && value.every(isText),
      "inherit must be names of variables: ['JAVA_HOME']",
    ),
    ...readyProblems(ready),
    ...spokenProblems(spec),
    ...(stopSignal === undefined || stopSignals.includes(stopSignal)
      ? []
      : [unknown('stopSignal', String(stopSignal), stopSignals)]),
    ...must(
      stopWithinMs,
      (value) => typeof value === 'number' && value > 0 && value <= longestStopMs,
      `stopWithinMs must be a number above 0 and at most ${longestStopMs}`,
    ),
    ...textsOf(spec).flatMap(misspeltPlaces),
  ]
}

function spokenProblems({ speaks, ask }: CommandService): string[] {
  return [
    ...(speaks === undefined || commandProtocols.includes(speaks)
      ? []
      : [`it speaks an ${unknown('protocol', String(speaks), commandProtocols)}`]),
    ...(ask === undefined || speaks === 'tcp' ? [] : ["'ask' is for what speaks 'tcp'"]),
    ...must(
      ask,
      (value) => typeof value === 'string',
      "ask must be a text: what a client says first, '' where the server does",
    ),
  ]
}

function readyProblems(ready: unknown): string[] {
  if (ready === undefined || ready === 'tcp' || ready === 'redis') return []
  const what = "write { path: '/health' }, { log: 'started' }, 'tcp' or 'redis'"
  if (!isRecord(ready)) return [`ready is ${JSON.stringify(ready)}: ${what}`]
  if (!('path' in ready) && !('log' in ready)) return [`ready says neither 'path' nor 'log': ${what}`]
  const { path, status, log } = ready
  if (log !== undefined)
    return [
      ...(unread(ready, ['log']).unread ?? []).map((said) => `ready has an ${said}`),
      ...must(
        log,
        (value) => isText(value) || value instanceof RegExp,
        'log must be a text or a regular expression',
      ),
    ]
  return [
    ...(unread(ready, ['path', 'status']).unread ?? []).map((said) => `ready has an ${said}`),
    ...must(path, () => hasPath(ready), "ready.path must begin with a slash: '/health'"),
    ...must(status, isStatus, 'ready.status must be one status, from 100 to 599'),
  ]
}

/** A command that is asked at a port must be told that port. */
function portProblems(service: string, spec: ServiceSpec, { links }: System): string[] {
  if (spec.kind !== 'command') return []
  const { ready, speaks } = spec
  const isUsed = links.some(({ to }) => to === service)
  const waitsForLog = isRecord(ready) && 'log' in ready
  const needsPort = (isUsed || !waitsForLog) && !listens(spec)
  const isMute = isUsed && speaks === undefined && (waitsForLog || ready === 'tcp')
  return [
    ...(needsPort
      ? ["nothing tells it at which port to listen: write {port} in its argv or env, as { PORT: '{port}' }"]
      : []),
    ...(isMute
      ? ["links lead to it, and nothing says what they carry: speaks: 'http', 'redis' or 'tcp'"]
      : []),
  ]
}

function textsOf({ argv, env }: CommandService): string[] {
  return [...(isList(argv) ? argv : []), ...(isRecord(env) ? Object.values(env) : [])].filter(
    (one): one is string => typeof one === 'string',
  )
}

/** Braces are nothing special to a program: only what is nearly one of our names is a mistake. */
function misspeltPlaces(text: string): string[] {
  const places: readonly string[] = commandPlaces
  return placeholdersIn(text).flatMap((name) => {
    const meant = places.includes(name) ? undefined : nearMiss(name, places)
    return meant === undefined ? [] : [`'${text}' has {${name}}: did you mean {${meant.candidate}}?`]
  })
}

/** What is left out was told where it is needed. */
function must(value: unknown, is: (value: unknown) => boolean, said: string): string[] {
  return value === undefined || is(value) ? [] : [`${said}, not ${JSON.stringify(value)}`]
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RegExp)
const isTexts = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((one) => typeof one === 'string')
const isStatus = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 100 && (value as number) < 600
const isFileUrl = (value: unknown): boolean => isText(value) && value.startsWith('file:')
const hasPath = (value: unknown): boolean =>
  isRecord(value) && isText(value.path) && value.path.startsWith('/')

function pick(services: System['services'], wanted: (spec: ServiceSpec) => boolean): System['services'] {
  return Object.fromEntries(Object.entries(services).filter(([, spec]) => wanted(spec)))
}
