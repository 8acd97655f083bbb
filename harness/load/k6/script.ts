import type { PlannedAct } from '../../model/acts.ts'
import type { ArrivalStream } from '../../model/arrivals.ts'
import type { CheckSpec } from '../../model/check.ts'
import { linkName } from '../../model/system.ts'
import { moduleUrl } from '../../module-url.ts'
import { ordersVariable, vus } from './protocol.ts'
import { thresholdsOf } from './thresholds.ts'

export interface ScriptSpec {
  /** Comment lines at its top. */
  readonly says: readonly string[]
  readonly seed: string
  readonly streams: readonly ArrivalStream[]
  readonly journeysModule: string
  /** Base URL of each entrance by link name; undefined where only the environment can tell. */
  readonly entrances: Readonly<Record<string, string | undefined>>
  readonly dataFile: string | undefined
  readonly maxInFlight: number
  readonly acts: readonly PlannedAct[]
  readonly checks: readonly CheckSpec[]
  /** True where the harness gives the orders and reads k6's account; false for a script that runs alone. */
  readonly underOrders: boolean
  /** How the script names a module or a file: by its URL, or as seen from where the script lies. */
  specifier(url: string): string
}

/**
 * Environment variable that holds an entrance's address: `official→front` → `OFFICIAL_TO_FRONT`. What is neither small
 * letter, digit nor hyphen becomes `x` and four hexadecimal digits, so that no two entrances share one: `시민→front` →
 * `xc2dcxbbfc_TO_FRONT`.
 */
export function entranceVariable(link: string): string {
  const named = (service: string): string =>
    service.replace(/[\s\S]/g, (unit) => {
      if (/[a-z0-9]/.test(unit)) return unit.toUpperCase()
      return unit === '-' ? '_' : `x${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
    })
  return linkName(link).split('→').map(named).join('_TO_')
}

/** A script that runs alone is told by its environment where users come in. */
const askForAddresses: readonly string[] = [
  `function address(variable: string, otherwise: string | undefined): string {`,
  `  const url = __ENV[variable] || otherwise`,
  `  if (!url) throw new Error(\`where do users come in? k6 run -e \${variable}=http://… (see 'saeol-chaos up')\`)`,
  `  return url.replace(/\\/+$/, '')`,
  `}`,
  '',
]

/** The script that k6 runs: what is to happen as data, how it happens imported from `inside/`, and the journeys. */
export function scriptOf(spec: ScriptSpec): string {
  const { thresholds, untold } = thresholdsOf(spec.checks)
  const inside = (name: 'users' | 'summary'): string =>
    literal(spec.specifier(moduleUrl(import.meta.url, `./inside/${name}.ts`)))
  const entrances = Object.entries(spec.entrances).map(
    ([link, url]) =>
      `    ${literal(link)}: ${spec.underOrders ? literal(url) : `address(${literal(entranceVariable(link))}, ${literal(url)})`},`,
  )
  const data =
    spec.dataFile === undefined
      ? 'undefined'
      : `JSON.parse(open(${spec.underOrders ? '' : '__ENV.USER_DATA || '}${literal(spec.dataFile)}))`
  return [
    ...spec.says.map(comment),
    `import { users } from ${inside('users')}`,
    ...(spec.underOrders ? [`import { account } from ${inside('summary')}`] : []),
    `import * as journeys from ${literal(spec.specifier(spec.journeysModule))}`,
    '',
    ...untold.map((title) => comment(`not a threshold: ${title}`)),
    `export const options = {`,
    `  scenarios: {`,
    `    // Each VU carries its share of all visits on its event loop, for as long as the scenario lasts.`,
    `    users: { executor: 'per-vu-iterations', vus: ${vus}, iterations: 1, maxDuration: '24h', gracefulStop: '0s' },`,
    `  },`,
    `  thresholds: {`,
    ...Object.entries(thresholds).map(([metric, bounds]) => `    ${literal(metric)}: ${literal(bounds)},`),
    `  },`,
    `  // No tag with as many values as there are URLs.`,
    `  systemTags: ['scenario', 'method', 'status', 'error_code'],`,
    `  // Each request has a connection of its own: on one that it reuses, Go may send a request again and not say so.`,
    `  noConnectionReuse: true,`,
    `  // The built-in driver names itself to nobody either.`,
    `  userAgent: '',`,
    `}`,
    '',
    ...(spec.underOrders ? [] : askForAddresses),
    `const load = {`,
    `  seed: ${literal(spec.seed)},`,
    `  maxInFlight: ${spec.maxInFlight},`,
    `  actEndsMs: ${literal(Object.fromEntries(spec.acts.map(({ name, toMs }) => [name, toMs])))},`,
    `  streams: [`,
    ...spec.streams.map((stream) => `    ${literal(stream)},`),
    `  ],`,
    `  entrances: {`,
    ...entrances,
    `  },`,
    `  data: ${data},`,
    `}`,
    '',
    `export default users(load, journeys, ${spec.underOrders ? `__ENV.${ordersVariable}` : 'undefined'})`,
    ...(spec.underOrders ? ['export const handleSummary = account'] : []),
    '',
  ].join('\n')
}

/** Makes one line of any text: after a line break the rest would be code. */
function comment(text: string): string {
  return `// ${text.replace(/[\r\n\u2028\u2029]+/g, ' ')}`.trimEnd()
}

function literal(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value)
}
