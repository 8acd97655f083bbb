import { distance } from 'fastest-levenshtein'

interface NearMiss {
  readonly candidate: string
  /** Letters to change. */
  readonly away: number
}

/** Which of `known` was probably meant by `name`, if any. */
export function nearMiss(name: string, known: readonly string[]): NearMiss | undefined {
  const [nearest] = known
    .map((candidate) => ({ candidate, away: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.away - b.away)
  return nearest !== undefined && nearest.away <= Math.max(2, name.length / 3) ? nearest : undefined
}

/** `unknown scenario 'x'`, with the name that was probably meant, or the names there are. */
export function unknown(what: string, name: string, known: readonly string[]): string {
  const nearest = nearMiss(name, known)
  if (nearest !== undefined) return `unknown ${what} '${name}': did you mean '${nearest.candidate}'?`
  return `unknown ${what} '${name}'; there ${known.length === 0 ? 'are none' : `is ${known.join(', ')}`}`
}

/**
 * What a builder was given and does not read, in words, for the plan to refuse: a misspelt option must not be taken for
 * its default.
 * @returns nothing to add where every option is known
 */
export function unread(given: object, known: readonly string[]): { readonly unread?: readonly string[] } {
  const names = Object.keys(given).filter((name) => !known.includes(name))
  return names.length === 0 ? {} : { unread: names.map((name) => unknown('option', name, known)) }
}
