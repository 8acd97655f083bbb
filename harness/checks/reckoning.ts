import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import { count } from '../model/words.ts'
import {
  type Account,
  beyond,
  type Contents,
  contentsOf,
  inBoth,
  invariantIn,
  journeysIn,
  sizeOf,
} from './accounts.ts'
import type { CheckKind, Seen } from './check-kind.ts'
import { counted } from './counted.ts'
import { countParam, nameParam, namesParam, paramsOf, problemsOf } from './params.ts'
import { type CommonOptions, commonOf } from './spec.ts'

const rules = ['balances', 'within', 'nothing', 'apart'] as const

/** A line of the account. */
export interface Line {
  readonly line: string
  /**
   * `balances`: both sides hold the same · `within`: the right side holds all of the left · `nothing`: the left side is
   * empty · `apart`: nothing is on both sides.
   */
  readonly rule: (typeof rules)[number]
  readonly left: readonly Account[]
  readonly right: readonly Account[]
}

/** Both sides hold the same, name by name; by number where a ledger tells no names. */
export function balances(line: string, left: readonly Account[], right: readonly Account[]): Line {
  return { line, rule: 'balances', left, right }
}

/** Each of the left is on the right, which may hold more: whoever left before the answer came. */
export function within(line: string, left: Account, right: Account): Line {
  return { line, rule: 'within', left: [left], right: [right] }
}

/** There is nothing of it. */
export function nothing(line: string, ...accounts: readonly Account[]): Line {
  return { line, rule: 'nothing', left: accounts, right: [] }
}

/** Nothing is on both sides. */
export function apart(line: string, left: Account, right: Account): Line {
  return { line, rule: 'apart', left: [left], right: [right] }
}

interface ReckoningOptions extends CommonOptions {
  readonly lines: readonly Line[]
  /** Fewer items on all lines together show nothing. Default 1. */
  readonly atLeast?: number
}

/**
 * One account over journeys and ledgers, read when the load has ended: every line must close. A line that does not is
 * named, with the first of its items that nothing stands against. Protected: a census of what users were promised.
 * @example reckoning({
 *   source: 'ledger invariant 1',
 *   lines: [balances('receipts = entered + rejected', [records('receipts kept')], [records('entered'), records('rejected')])],
 * })
 */
export function reckoning(options: ReckoningOptions): CheckSpec {
  const { lines } = options
  const all = lines.flatMap(({ left, right }) => [...left, ...right])
  return {
    ...commonOf('reckoning', options.title ?? 'the account', options, ['lines', 'atLeast']),
    title: options.title ?? 'the account closes',
    role: 'protected',
    journeys: [...new Set(all.flatMap(journeysIn))],
    params: {
      lines,
      invariants: [...new Set(all.flatMap((account) => invariantIn(account) ?? []))],
      atLeast: options.atLeast ?? 1,
    },
  }
}

const account = z.union([
  z.strictObject({ visits: namesParam, outcomes: namesParam.exactOptional() }),
  z.strictObject({ took: namesParam, outcomes: namesParam }),
  z.strictObject({ records: nameParam }),
  z.strictObject({ breaches: nameParam }),
  z.strictObject({ events: nameParam, before: nameParam }),
])

const params = z.strictObject({
  lines: z
    .array(
      z
        .strictObject({
          line: nameParam,
          rule: z.enum(rules),
          left: z.array(account).min(1, 'must hold at least one account'),
          right: z.array(account),
        })
        .refine(({ rule, right }) => rule === 'nothing' || right.length > 0, 'needs a right side'),
    )
    .min(1, 'must hold at least one line'),
  invariants: z.array(nameParam),
  atLeast: countParam,
})

/** Items that are named, and of one line that does not close. */
const shown = 5
const ofEach = 2

export const reckoningKind: CheckKind = {
  kind: 'reckoning',
  summary: 'an account over journeys and ledgers of which every line must close',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { lines, atLeast } = paramsOf(params, spec)
    const closed = lines.map((line) => close(line as Line, record))
    const unread = closed.filter((one) => one === undefined).length
    if (unread > 0)
      return {
        verdict: 'inconclusive',
        evidence: counted(0, null),
        said: `${unread} of ${lines.length} lines could not be read: the arm did not come that far`,
      }
    const read = closed as Closed[]
    const n = read.reduce((sum, { items }) => sum + items, 0)
    const open = read.filter(({ left }) => left > 0)
    const left = open.reduce((sum, one) => sum + one.left, 0)
    if (open.length > 0)
      return {
        verdict: 'deviates',
        evidence: counted(n, left),
        said: `${open.length} of ${count(lines.length, 'line')} ${open.length === 1 ? 'does' : 'do'} not close: ${open.map(({ said }) => said).join('; ')}`,
        lookAt: open
          .flatMap(({ line, words }) => words.slice(0, ofEach).map((word) => `${line}: ${word}`))
          .slice(0, shown),
      }
    return {
      verdict: 'holds',
      evidence: counted(n, 0),
      said: `${count(lines.length, 'line')} close${lines.length === 1 ? 's' : ''}: ${read.map(({ said }) => said).join('; ')}`,
      ...(n < atLeast && {
        short: { said: `at least ${atLeast} items are needed to say so`, samplesToDecide: atLeast },
      }),
    }
  },
}

interface Closed {
  readonly line: string
  readonly items: number
  /** How many items nothing stands against. */
  readonly left: number
  readonly said: string
  readonly words: readonly string[]
}

/** @returns undefined where a ledger was not read */
function close({ line, rule, left, right }: Line, record: Seen): Closed | undefined {
  const [one, other] = [contentsOf(left, record), contentsOf(right, record)]
  if (one === undefined || other === undefined) return undefined
  const { words, unnamed } = openOf(rule, one, other)
  const [items, against] = [sizeOf(one), sizeOf(other)]
  const counts = rule === 'nothing' ? `${items}` : `${items} against ${against}`
  const open = words.length + unnamed
  return {
    line,
    items,
    left: open,
    words,
    said: open === 0 ? `${line} (${items})` : `${line} (${counts}, ${open} open)`,
  }
}

function openOf(rule: Line['rule'], one: Contents, other: Contents): { words: string[]; unnamed: number } {
  switch (rule) {
    case 'nothing':
      return { words: beyond(one, other), unnamed: one.unnamed }
    case 'apart':
      return { words: inBoth(one, other), unnamed: 0 }
    case 'within':
      if (one.unnamed + other.unnamed > 0)
        return { words: [], unnamed: Math.max(0, sizeOf(one) - sizeOf(other)) }
      return { words: beyond(one, other), unnamed: 0 }
    case 'balances':
      if (one.unnamed + other.unnamed > 0)
        return { words: [], unnamed: Math.abs(sizeOf(one) - sizeOf(other)) }
      return { words: [...beyond(one, other), ...beyond(other, one)], unnamed: 0 }
  }
}
