import type { ServiceSpec } from '../../model/service.ts'
import { type LinkSpec, linkPlaces, type System } from '../../model/system.ts'
import { nearMiss, unknown } from '../../near-miss.ts'
import { placeholdersIn } from '../../placeholders.ts'

const needs = ['to-start', 'to-serve'] as const satisfies readonly LinkSpec['needed'][]

/** What is wrong with how consumers are told of their links. */
export function linkProblems({ links, services }: System): string[] {
  return links.flatMap((link, i) => {
    const { name, from, variables, needed } = link
    const consumer = from === null ? undefined : services[from]
    const others = links.slice(0, i).filter((other) => other.from === from)
    return [
      ...(needs.includes(needed) ? [] : [`needs it ${unknown('time', String(needed), needs)}`]),
      ...(from !== null && Object.keys(variables).length === 0 ? ['names no variable that tells of it'] : []),
      ...Object.entries(variables).flatMap(([variable, text]) => textProblems(variable, text)),
      ...Object.keys(variables).flatMap((variable) => [
        ...others
          .filter((other) => variable in other.variables)
          .map((other) => `sets ${variable} of '${from}', which the link '${other.name}' sets too`),
        ...(setItself(consumer).includes(variable)
          ? [`sets ${variable} of '${from}', which its own definition sets too`]
          : []),
      ]),
    ].map((said) => `link '${name}' ${said}`)
  })
}

function textProblems(variable: string, text: unknown): string[] {
  const places: readonly string[] = linkPlaces
  if (typeof text !== 'string') return [`sets ${variable} to ${JSON.stringify(text)}, which is no text`]
  const named = placeholdersIn(text)
  // Other braces are nothing special: only what is nearly one of our names is a mistake.
  const meant = named.flatMap((name) =>
    places.includes(name) ? [] : (nearMiss(name, places)?.candidate ?? []),
  )
  if (meant.length > 0) return meant.map((place) => `sets ${variable} to '${text}': did you mean {${place}}?`)
  return named.some((name) => places.includes(name))
    ? []
    : [`sets ${variable} to '${text}', which tells of no place: write {url}, {host} or {port} in it`]
}

/** Variables that a service is given by its own definition; what a function says of them nobody knows yet. */
function setItself(spec: ServiceSpec | undefined): string[] {
  if (spec?.kind === 'node') return ['HOST', ...Object.values(spec.ports ?? {})]
  return spec?.kind === 'command' ? Object.keys(spec.env ?? {}) : []
}
