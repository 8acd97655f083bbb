import type { Scenario, ScenarioBody } from '../../model/scenario.ts'
import { type LinkSpec, proxyName, type System } from '../../model/system.ts'

/** A run keeps their logs beside those of the services, in files named like theirs. */
const keptBack = ['toxiproxy', 'load']

/**
 * Longest name that becomes part of a file's name, in bytes of UTF-8: file systems take 255, and a mutant's directory is
 * named after a scenario and up to three sabotages.
 */
const maxBytes = 60

/**
 * Names that no file, proxy or option could have, and names that two things share: of two links, services or journeys of
 * one name, one would silently take the other's place.
 * @param system the part that the scenario brings up
 */
export function nameProblems({ name }: Scenario, { measures }: ScenarioBody, system: System): string[] {
  const services = Object.keys(system.services)
  return [
    ...unfit('scenario', name),
    ...services.flatMap((service) => unfit('service', service)),
    ...measures.flatMap((measure) => [...unfit('measure', measure.name), ...unfitForArms(measure.name)]),
    ...system.links.flatMap((link) => unfit('link', link.name, Number.POSITIVE_INFINITY)),
    ...serviceProblems(system, services),
    ...proxyProblems(system),
    ...shared(
      measures,
      (one) => one.name,
      (used, measure) => `measure '${measure}' is there ${used.length} times`,
    ),
    ...shared(
      system.journeys.all,
      (journey) => journey.name,
      (journeys, journey) =>
        `${journeys.length} journeys are called '${journey}': ${journeys.map(({ title }) => `'${title}'`).join(', ')}`,
    ),
  ]
}

/** What is wrong with a name by itself. */
function unfit(what: string, name: string, most = maxBytes): string[] {
  const refused = (why: string): string[] => [`${what} ${JSON.stringify(name)}: ${why}`]
  if (name.trim() === '') return refused('it needs a name')
  const [wrong] = /[/\\,\p{Cc}\u2028\u2029]/u.exec(name) ?? []
  if (wrong !== undefined) return refused(`a name has no ${JSON.stringify(wrong)} in it`)
  if (/^[.\s-]|\s$/.test(name))
    return refused("a name does not begin with '.', '-' or a space, nor end with one")
  const bytes = Buffer.byteLength(name)
  return bytes > most ? refused(`${bytes} bytes are too many for the name of a file: at most ${most}`) : []
}

/** Arms that have several measures on are named `with-a+b`. */
function unfitForArms(measure: string): string[] {
  return measure.includes('+')
    ? [`measure ${JSON.stringify(measure)}: a measure's name has no "+" in it`]
    : []
}

function serviceProblems({ name, image }: System, services: readonly string[]): string[] {
  return [
    ...services
      .filter((service) => keptBack.includes(service.toLowerCase()))
      .map((service) => `service '${service}': the harness keeps this name for itself, choose another`),
    // In containers a service is found by its name.
    ...services
      .filter((service) => image !== undefined && !/^[a-z0-9](?:[\w.-]*[a-z0-9])?$/i.test(service))
      .map(
        (service) =>
          `service '${service}' of '${name}', which runs in containers too, is no host name: take letters a to z, digits and '-'`,
      ),
    // Some file systems take these for the same.
    ...shared(
      services,
      (service) => service.toLowerCase(),
      (alike) => `services ${quoted(alike)} differ only in capitals: their logs would share a file`,
    ),
  ]
}

/** Links by their proxy in Toxiproxy: of two that share one, only the last would stand. */
function proxyProblems({ links }: System): string[] {
  return shared(
    links,
    ({ name }) => proxyName(name),
    (alike, proxy) => `${alike.length} links share the proxy '${proxy}': ${alike.map(told).join(', ')}`,
  )
}

/** `'user→front' (to 'front')`, with its port where it has one. */
function told({ name, to, port }: LinkSpec): string {
  return `'${name}' (to '${to}'${port === undefined ? '' : `, port '${port}'`})`
}

/** One problem for each key that several things have. */
function shared<T>(
  all: readonly T[],
  key: (one: T) => string,
  problem: (alike: readonly T[], key: string) => string,
): string[] {
  return [...Map.groupBy(all, key)]
    .filter(([, alike]) => alike.length > 1)
    .map(([name, alike]) => problem(alike, name))
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' and ')
}
