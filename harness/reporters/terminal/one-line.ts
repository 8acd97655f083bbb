import { stripVTControlCharacters } from 'node:util'

/**
 * Makes one harmless line of text that is not ours (a service's log, an error, a scenario's title): it must not move the
 * reader's cursor and must not add lines to a report.
 */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ⏎ ')
    .replace(/\t/g, ' ')
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '\ufffd')
}
