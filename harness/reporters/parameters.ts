import { formatMs } from '../model/units.ts'

/** Parameters or facts for people: `{ opensAfterMs: 1000, hard: true }` → `opens after 1 s, hard`. */
export function inWords(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => phrase(name, value))
    .join(', ')
}

/** A number for people: whole numbers whole, with separators from 100,000 on; others to six digits. */
export function numberInWords(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Math.abs(value) < 100_000) return String(Number(value.toPrecision(6)))
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 })
}

function phrase(name: string, value: unknown): string {
  if (typeof value === 'number') return numberPhrase(name, value)
  if (value === true) return spaced(name)
  if (value === false) return `no ${spaced(name)}`
  return `${spaced(name)} ${shown(value)}`
}

function numberPhrase(name: string, value: number): string {
  if (/[a-z]Ms$/.test(name)) return `${spaced(name.slice(0, -2))} ${formatMs(value)}`
  if (name === 'perSecond') return `${numberInWords(value)}/s`
  if (/[a-z]PerSecond$/.test(name)) return `${numberInWords(value)} ${spaced(name.slice(0, -9))}/s`
  if (isMoment(name, value)) return `${spaced(name)} ${moment(new Date(value))}`
  // Names for machines, not counts: `pid 4,194,303` could not be looked for.
  if (/(^|[a-z])(id|pid|port|number)$/i.test(name)) return `${spaced(name)} ${value}`
  return `${spaced(name)} ${numberInWords(value)}`
}

/** A number is a moment (epoch ms) where its name says so and it lies between 2001 and 2100. */
function isMoment(name: string, value: number): boolean {
  return /(^(at|on|since|from|to|until)|At|On|Since|From|Until)$/.test(name) && value > 1e12 && value < 4.1e12
}

/** `2023-11-17 08:40:00.000 UTC`. */
function moment(at: Date): string {
  return at.toISOString().replace('T', ' ').replace('Z', ' UTC')
}

function shown(value: unknown): string {
  if (typeof value === 'number') return numberInWords(value)
  if (typeof value === 'string') return isoMoment.test(value) ? moment(new Date(value)) : value
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none'
    const items = value.map(shown)
    return value.every((item) => typeof item === 'number') ? items.join('–') : items.join(' and ')
  }
  if (typeof value === 'object' && value !== null) return `(${inWords({ ...value })})`
  return String(value)
}

const isoMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

function spaced(name: string): string {
  return name.replace(
    /([a-z0-9])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  )
}
