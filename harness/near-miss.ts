import { distance } from 'fastest-levenshtein'

/** `unknown scenario 'x'`, with the name that was probably meant, or the names there are. */
export function unknown(what: string, name: string, known: readonly string[]): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, away: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.away - b.away)
  if (nearest !== undefined && nearest.away <= Math.max(2, name.length / 3))
    return `unknown ${what} '${name}': did you mean '${nearest.candidate}'?`
  return `unknown ${what} '${name}'; there ${known.length === 0 ? 'are none' : `is ${known.join(', ')}`}`
}
