import type { ActionSighting } from './action.ts'
import type { Sighting } from './fault.ts'
import type { Journey } from './journey.ts'
import type { ServiceSpec } from './service.ts'

/** The system under test: its services, the links between them, its users' journeys, its measures and its ledgers. */
export interface System {
  readonly name: string
  readonly services: Readonly<Record<string, ServiceSpec>>
  readonly links: readonly LinkSpec[]
  /** Module (file URL) that exports every journey, for the load drivers; and the same, imported. */
  readonly journeys: { readonly module: string; readonly all: readonly Journey[] }
  readonly measures: Readonly<Record<string, MeasureSpec>>
  /** Makes what services and users need before a start (keys, registers), cached. @returns files by name. */
  prepare?(options: {
    cacheDir: string
    seed: string
    /** Names of the system's sabotages that are on; default: none. */
    sabotages?: readonly string[]
  }): Promise<Record<string, string>>
  /** Name of the file (from `prepare`) that is handed to journeys as data. */
  readonly userData?: string
  /** Deliberate defects that can be switched on, to test the checks themselves (`mutate`). */
  readonly sabotages?: Sabotages
  /** What its operators can do in a story, by name. */
  readonly actions?: Readonly<Record<string, OperatorAction>>
  /** Defects of services that can be switched on while they run, by service and name. */
  readonly switches?: Readonly<Record<string, Readonly<Record<string, ServiceSwitch>>>>
  /** Reads ledgers and audits past the links, once an arm's load has ended. */
  readonly invariants: Readonly<Record<string, InvariantReader>>
  /** The container image that holds every `node` service; a system without one runs as processes only. */
  readonly image?: ServicesImage
}

/** A container image: it is there, or it is pulled, or built here. */
export interface ImageSpec {
  /** `saeol-chaos/services:0.1.0`. */
  readonly tag: string
  readonly build?: {
    /** Directory that the paths below are seen from. */
    readonly context: string
    readonly dockerfile: string
    /** Stage of the Dockerfile; default: its last. */
    readonly target?: string
    /** Files and directories that go into the image; an image made of others is stale. */
    readonly sources: readonly string[]
  }
}

/** One image for all services: the command picks which. It runs as a user of its own and has `node` on its PATH. */
export interface ServicesImage extends ImageSpec {
  /** @returns the path in the image of the entry that stands at this file URL here. */
  entry(module: string): string
  /** An image with iptables, ethtool and tc, for faults on packets; without it this machine's own are taken, as root. */
  readonly netadmin?: ImageSpec
}

/** "A finds B through environment variable V". `from` null: an entrance, `actor` is who comes in by it. */
export interface LinkSpec {
  /** `saeol→l4`. */
  readonly name: string
  readonly from: string | null
  readonly to: string
  /** Name of the port that it leads to; default: the service's first. */
  readonly port?: string
  /** Its consumer's variables, and what each says: `{url}`, `{host}` and `{port}` stand for where the link is. */
  readonly variables: Readonly<Record<string, string>>
  /**
   * `to-start`: the consumer is started once the other end is ready. `to-serve`: it starts without, and both start side
   * by side, which shortens the way up.
   */
  readonly needed: 'to-start' | 'to-serve'
}

/**
 * A link between two services.
 * @param variable the consumer's variable that takes its URL; or several, and what each says
 * @example link('saeol', 'l4', 'GPKI_URL')
 * @example link('shop', 'cache', { CACHE_HOST: '{host}', CACHE_PORT: '{port}' })
 * @example link('shop', 'store', { DATABASE: 'mysql://shop:secret@{host}:{port}/shop' })
 */
export function link(
  from: string,
  to: string,
  variable: string | Readonly<Record<string, string>>,
  needed: LinkSpec['needed'] = 'to-start',
): LinkSpec {
  const variables = typeof variable === 'string' ? { [variable]: '{url}' } : variable
  return { name: `${from}→${to}`, from, to, variables, needed }
}

/** An entrance: `entrance('citizen', 'gov24')`, or by another port than the first: `entrance('guest', 'front', 'outside')`. */
export function entrance(actor: string, to: string, port?: string): LinkSpec {
  const at = port === undefined ? {} : { port }
  return { name: `${actor}→${to}`, from: null, to, ...at, variables: {}, needed: 'to-serve' }
}

/** What may stand in braces in the variables of a link. */
export const linkPlaces = ['url', 'host', 'port'] as const

/** A mitigation under test, as the harness knows it: a name, and how it is switched on. */
export interface MeasureSpec {
  readonly summary: string
  /** What is wrong with these parameters, a sentence each; default: nothing. */
  problems?(params: Readonly<Record<string, unknown>>): readonly string[]
  /** Environment by service that switches it on with these parameters. */
  environment(params: Readonly<Record<string, unknown>>): Record<string, Record<string, string>>
}

/** The deliberate defects a system has, off unless they are named. */
export interface Sabotages {
  /** Each says what it breaks: `accepts-any-password`. */
  readonly names: readonly string[]
  /** Environment by service that switches these on, all at once. */
  environment(names: readonly string[]): Record<string, Record<string, string>>
}

/** One measure as a scenario uses it. */
export interface MeasureUse {
  readonly name: string
  readonly params: Readonly<Record<string, unknown>>
}

/** A measure with parameters: `measure('password-fallback', { reactionMs: 100 })`. */
export function measure(name: string, params: Record<string, unknown> = {}): MeasureUse {
  return { name, params }
}

/** What a ledger says of one invariant: how many records were looked at, and which of them break it. */
export interface InvariantFacts {
  readonly checked: number
  /** Every violation in words; the journal keeps the count and the first few. */
  readonly violations: readonly string[]
  /** Names of the records that were looked at, each once: what `accounted` compares with what users took home. */
  readonly ids?: readonly string[]
  /** What was counted, for the report: `37 receipts written, 37 entered`. */
  readonly said: string
}

/** Where a reader of ledgers finds the system that is up. */
export interface RunningSystem {
  /** Address of a service itself, past its links: for health, readers and people. */
  direct(service: string, port?: string): string
  /** Files made by `System.prepare`. */
  readonly files: Readonly<Record<string, string>>
}

/** What a system's operators can do beyond what the harness does by itself. */
export interface OperatorAction {
  /** One line for `list`. */
  readonly summary: string
  /** Services that must be up for it. */
  readonly services?: readonly string[]
  /** What is wrong with these parameters, a sentence each; default: nothing. */
  problems?(params: Readonly<Record<string, unknown>>): readonly string[]
  /** Does it, past the links. @throws Error with the reason where it cannot: that voids the arm. */
  do(running: RunningSystem, params: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void>
  /** Looks whether it worked, by another way than it was done where there is one. Asked several times. */
  seen(
    running: RunningSystem,
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<ActionSighting>
}

/** A defect of a service that can be switched on while it runs: what an update that went wrong would bring. */
export interface ServiceSwitch {
  /** One line for `list`. */
  readonly summary: string
  /** Switches it, past the links. @throws Error with the reason where it cannot */
  set(running: RunningSystem, on: boolean, signal: AbortSignal): Promise<void>
  /** Looks for what it does to users, as one of them, through the links. Never by asking how the switch stands. */
  probe(running: RunningSystem & SystemLinks, signal: AbortSignal): Promise<Sighting>
}

/** Where links are reached from here. */
export interface SystemLinks {
  link(name: string): { readonly url: string }
}

/** @param measures those that are on in this arm, with their parameters */
export type InvariantReader = (
  running: RunningSystem,
  signal: AbortSignal,
  measures: readonly MeasureUse[],
) => Promise<InvariantFacts>

/** Declares a system; checks what can be checked without starting it when a scenario is planned. */
export function defineSystem(system: System): System {
  return system
}

/**
 * The part of a system that a scenario brings up: all that is not optional, and what it names; links between these.
 * @param names optional services; others are left out
 */
export function partOf(system: System, names: readonly string[]): System {
  const leftOut = Object.keys(system.services).filter(
    (name) => system.services[name]!.optional === true && !names.includes(name),
  )
  return {
    ...system,
    services: Object.fromEntries(Object.entries(system.services).filter(([name]) => !leftOut.includes(name))),
    links: system.links.filter(
      ({ from, to }) => ![from, to].some((end) => end !== null && leftOut.includes(end)),
    ),
  }
}

/** `saeol->l4` may be typed for `saeol→l4`. */
export function linkName(name: string): string {
  return name.replace(/\s*->\s*/, '→')
}

/** A link's proxy in Toxiproxy: ASCII, so that any client can name it. `saeol→l4` → `saeol-to-l4`. */
export function proxyName(name: string): string {
  return linkName(name).replace('→', '-to-')
}
