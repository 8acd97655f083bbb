import { stripVTControlCharacters } from 'node:util'

/**
 * Text of foreign origin (a service's log, an error, a scenario's title) as one harmless line: what a service logs must
 * neither move the reader's cursor nor break a report into lines it did not write.
 */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ⏎ ')
    .replace(/\t/g, ' ')
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '\ufffd')
}
