import { formatMs } from '../model/units.ts'

/** Parameters or facts for people: `{ opensAfterMs: 1000, hard: true }` → `opens after 1 s, hard`. */
export function inWords(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => phrase(name, value))
    .join(', ')
}

function phrase(name: string, value: unknown): string {
  if (typeof value === 'number' && /[a-z]Ms$/.test(name))
    return `${spaced(name.slice(0, -2))} ${formatMs(value)}`
  if (typeof value === 'number' && name === 'perSecond') return `${shown(value)}/s`
  if (typeof value === 'number' && /[a-z]PerSecond$/.test(name))
    return `${shown(value)} ${spaced(name.slice(0, -9))}/s`
  if (value === true) return spaced(name)
  if (value === false) return `no ${spaced(name)}`
  return `${spaced(name)} ${shown(value)}`
}

function shown(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(6)))
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(' and ')
  if (Array.isArray(value) && value.every((item) => typeof item === 'number'))
    return value.map(shown).join('–')
  return JSON.stringify(value) ?? String(value)
}

function spaced(name: string): string {
  return name.replace(
    /([a-z0-9])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  )
}
