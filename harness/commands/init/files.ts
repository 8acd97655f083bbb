import type { Backing, Found } from './look.ts'

/** The files of a first scenario, by their names in the scenarios' directory. */
export function firstFiles(found: Found): Readonly<Record<string, string>> {
  return {
    'system.ts': systemFile(found),
    'journeys.ts': journeysFile(found),
    'index.ts': indexFile(found),
    // Else Node would read these as CommonJS, as the project's own.
    ...(found.isCommonJs && { 'package.json': '{ "type": "module" }\n' }),
  }
}

/** One link each, and where it is that a fault hurts first. */
function systemFile({ name, argv, env, path, backings, isCommonJs }: Found): string {
  const services = backings.map(serviceOf)
  const links = backings.map(
    ({ name: to, variable }) => `    link(${text(name)}, ${text(to)}, ${text(variable)}),\n`,
  )
  return `import { defineSystem, entrance${links.length > 0 ? ', link' : ''} } from 'saeol-chaos'
import { user } from './journeys.ts'

export const system = defineSystem({
  name: ${text(name)},
  services: {
    ${key(name)}: {
      kind: 'command',
      argv: [${argv.map(text).join(', ')}],
${isCommonJs ? "      // Seen from this directory.\n      cwd: '..',\n" : ''}      env: { ${Object.entries(
    env,
  )
    .map(([variable, value]) => `${variable}: ${text(value)}`)
    .join(', ')} },
      ready: { path: ${text(path)} },
    },
${services.join('')}  },
  links: [
${links.join('')}    entrance('user', ${text(name)}),
  ],
  journeys: { module: import.meta.resolve('./journeys.ts'), all: [user] },
  measures: {
    // What your service has against the fault, and how it is switched on. Until it reads this variable nothing saves it.
    fallback: { summary: 'answers without what is silent', environment: () => ({ ${key(name)}: { FALLBACK: 'on' } }) },
  },
  invariants: {},
})
`
}

function serviceOf({ name, database = '' }: Backing): string {
  if (name === 'postgres')
    return `    // A fresh, empty database: the service must make its tables as it starts.\n    postgres: { kind: 'postgres', database: ${text(database)} },\n`
  return `    redis: {
      kind: 'command',
      argv: ['redis-server', '--bind', '{host}', '--port', '{port}', '--save', '', '--dir', '{scratch}'],
      ready: 'redis',
    },
`
}

function journeysFile({ name }: Found): string {
  return `import type { Journey } from 'saeol-chaos'

/** What one user does; write what yours do. */
export const user: Journey = {
  name: 'user',
  title: 'users are answered',
  users: 'users',
  entrance: ${text(`user→${name}`)},
  succeedsWith: ['answered'],
  async run({ http }) {
    const { status, error } = await http('GET', '/', { timeoutMs: 1000 })
    return status >= 200 && status < 300 ? 'answered' : (error ?? \`status-\${status}\`)
  },
}
`
}

function indexFile({ name, backings: [first] }: Found): string {
  const [fault, what, title] =
    first === undefined
      ? ['pause', name, `${name} stands still`]
      : ['stall', `${name}→${first.name}`, `${first.name} accepts connections and never answers`]
  return `import { arrivals, defineScenario, measure, ${fault}, successRate } from 'saeol-chaos'
import { user } from './journeys.ts'
import { system } from './system.ts'

const first = defineScenario({
  name: 'first',
  title: ${text(title)},
  facts: [],
  system,
  build: () => ({
    load: [arrivals(user, '20/s')],
    acts: { baseline: '2s', fault: '5s', recovery: '3s' },
    faults: [${fault}(${text(what)})],
    measures: [measure('fallback')],
    hypothesis: [successRate(user, { atLeast: 0.95, during: 'fault', source: '† ours' })],
  }),
})

export const scenarios = [first]
`
}

/** A key of an object, quoted where it must be. */
function key(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) ? name : text(name)
}

/** A text between single quotes, on one line. */
function text(value: string): string {
  const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}
