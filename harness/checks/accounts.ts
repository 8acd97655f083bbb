import type { EventOf } from '../journal/events.ts'
import type { Seen } from './check-kind.ts'
import { type JourneyRef, journeyName, listOf } from './params.ts'
import { eachVisit, offset } from './visits.ts'
import { wholeArm } from './window.ts'

/**
 * What is counted on one side of a line: visits, by what became of them; what they took home; records of a ledger;
 * breaches of an invariant; events of the system.
 */
export type Account =
  | { readonly visits: readonly string[]; readonly outcomes?: readonly string[] }
  | { readonly took: readonly string[]; readonly outcomes: readonly string[] }
  | { readonly records: string }
  | { readonly breaches: string }
  | { readonly events: string; readonly before: string }

/** Visits of a journey; only those with these outcomes, where any are named. */
export function visits(
  journeys: JourneyRef | readonly JourneyRef[],
  outcomes?: string | readonly string[],
): Account {
  const names = listOf(journeys).map(journeyName)
  return outcomes === undefined ? { visits: names } : { visits: names, outcomes: listOf(outcomes) }
}

/** What visits with these outcomes took home, by the names of the records. */
export function taken(
  journeys: JourneyRef | readonly JourneyRef[],
  outcomes: string | readonly string[],
): Account {
  return { took: listOf(journeys).map(journeyName), outcomes: listOf(outcomes) }
}

/** The records that the reader of an invariant looked at, by their names (`InvariantFacts.ids`). */
export function records(invariant: string): Account {
  return { records: invariant }
}

/** The records that break an invariant. */
export function breaches(invariant: string): Account {
  return { breaches: invariant }
}

/** Events of the system that come before the first of another; all of them where that never comes. */
export function events(event: string, { before }: { readonly before: string }): Account {
  return { events: event, before }
}

export function journeysIn(account: Account): readonly string[] {
  return 'visits' in account ? account.visits : 'took' in account ? account.took : []
}

export function invariantIn(account: Account): string | undefined {
  return 'records' in account ? account.records : 'breaches' in account ? account.breaches : undefined
}

/** What is in an account: how many of each name, and what to say of it. */
export interface Contents {
  /** Name → how often it is there, and in words what it is. */
  readonly items: ReadonlyMap<string, { readonly times: number; readonly said: string }>
  /** Of a ledger that tells no names there is only their number. */
  readonly unnamed: number
}

/** @returns undefined where a ledger of it was not read */
export function contentsOf(accounts: readonly Account[], record: Seen): Contents | undefined {
  const items = new Map<string, { times: number; said: string }>()
  let unnamed = 0
  const add = (name: string, said: string): void => {
    items.set(name, { times: (items.get(name)?.times ?? 0) + 1, said })
  }
  for (const account of accounts) {
    const invariant = invariantIn(account)
    if ('events' in account) addEvents(account, record, add)
    else if (invariant === undefined) addVisits(account, record, add)
    else {
      const facts = record.invariants.get(invariant)
      if (facts === undefined) return undefined
      unnamed += addRecords(account, facts, add)
    }
  }
  return { items, unnamed }
}

function addVisits(account: Account, record: Seen, add: (name: string, said: string) => void): void {
  const { outcomes } = account as { outcomes?: readonly string[] }
  eachVisit(record, journeysIn(account), wholeArm, (all, row, journey) => {
    const outcome = all.outcome(row)
    if (outcomes !== undefined && !outcomes.includes(outcome)) return
    const visit = `${all.stream(row)} #${all.arrival[row]}`
    const name = 'took' in account ? (all.took(row) ?? visit) : visit
    add(name, name === visit ? `${journey} #${all.arrival[row]}: ${outcome}` : name)
  })
}

function addEvents(
  { events: event, before }: { readonly events: string; readonly before: string },
  record: Seen,
  add: (name: string, said: string) => void,
): void {
  const until = record.system.find((one) => one.event === before)?.ms ?? Number.POSITIVE_INFINITY
  for (const one of record.system)
    if (one.event === event && one.ms < until) {
      const said = `${event} at ${offset(one.ms)}`
      add(said, said)
    }
}

/** @returns how many records it tells no names of */
function addRecords(
  account: Account,
  { ids, checked, violations, examples }: EventOf<'invariant'>,
  add: (name: string, said: string) => void,
): number {
  if ('breaches' in account) {
    for (const said of examples) add(said, said)
    return violations - examples.length
  }
  if (ids === undefined) return checked
  for (const id of ids) add(id, id)
  return 0
}

export function sizeOf({ items, unnamed }: Contents): number {
  let size = unnamed
  for (const { times } of items.values()) size += times
  return size
}

/** Those of `one` that are not in `other` as often, in words. */
export function beyond(one: Contents, other: Contents): string[] {
  const words: string[] = []
  for (const [name, { times, said }] of one.items) {
    const more = times - (other.items.get(name)?.times ?? 0)
    for (let i = 0; i < more; i++) words.push(said)
  }
  return words
}

/** Those that are in both, in words. */
export function inBoth(one: Contents, other: Contents): string[] {
  return [...one.items].flatMap(([name, { said }]) => (other.items.has(name) ? [said] : []))
}
