/** What the command line takes. */
const FLAGS = {
  host: { takes: 'HOST', says: 'where the API listens (default 127.0.0.1)' },
  port: { takes: 'PORT', says: 'default 8474; 0 takes a free one' },
  config: { takes: 'FILE', says: 'JSON list of proxies to start with, and of their toxics' },
  seed: { takes: 'SEED', says: 'fixes every jitter, slice and toxicity draw' },
  'proxy-metrics': { says: 'serve /metrics (also --metrics)' },
  'runtime-metrics': { says: 'serve /metrics; of the process itself it tells nothing' },
  strict: { says: 'behave as Toxiproxy 2.12.0 does even where that is a defect' },
  version: { says: 'print the version whose protocol is spoken' },
  help: { says: 'print this' },
} as const

const ALIASES: Readonly<Record<string, string>> = { metrics: 'proxy-metrics', h: 'help' }

type Name = keyof typeof FLAGS
type WithValue = { [N in Name]: (typeof FLAGS)[N] extends { takes: string } ? N : never }[Name]
export type Flags = { readonly [N in Name]?: N extends WithValue ? string : boolean }

/** A command line that means nothing. */
export class BadFlags extends Error {}

/**
 * Reads flags as Go does, so that what starts the original starts this too: one dash or two, a value behind `=` or as the
 * next argument, `=true` and `=false` behind those that take none.
 * @throws BadFlags
 */
export function readFlags(args: readonly string[]): Flags {
  const values: Record<string, string | boolean> = {}
  for (let at = 0; at < args.length; at++) {
    const [, spelt, name, , attached] = /^((?:--?)([^-=][^=]*))(=(.*))?$/s.exec(args[at]!) ?? []
    if (spelt === undefined || name === undefined) {
      throw new BadFlags(`"${args[at]}" is no flag; --help shows what there is`)
    }
    const flag = ALIASES[name] ?? name
    if (!Object.hasOwn(FLAGS, flag)) throw new BadFlags(`there is no ${spelt}; --help shows what there is`)
    if ('takes' in FLAGS[flag as Name]) {
      const value = attached ?? args[++at]
      if (value === undefined) throw new BadFlags(`${spelt} needs a value`)
      values[flag] = value
    } else {
      values[flag] = attached === undefined || truth(spelt, attached)
    }
  }
  return values as Flags
}

export function usage(): string {
  const lines = Object.entries(FLAGS).map(([name, flag]) => {
    const left = 'takes' in flag ? `--${name} ${flag.takes}` : `--${name}`
    return `  ${left.padEnd(18)} ${flag.says}\n`
  })
  return `Usage: toxiproxy [flags]\n\nToxiproxy 2.12.0 for Node.js.\n\n${lines.join('')}`
}

/** As Go's strconv.ParseBool. */
function truth(spelt: string, value: string): boolean {
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true
  if (/^(0|f|F|false|FALSE|False)$/.test(value)) return false
  throw new BadFlags(`${spelt} takes true or false, not "${value}"`)
}
