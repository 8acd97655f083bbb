import { stripVTControlCharacters } from 'node:util'

/** An XML element: name, attributes (undefined ones are left out), and children or text. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content: readonly string[] | string = [],
): string {
  const opened = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escaped(String(value))}"`)
    .join('')
  if (typeof content === 'string') return `<${name}${opened}>${escapedText(content)}</${name}>`
  if (content.length === 0) return `<${name}${opened}/>`
  // A line of a text never begins with a tag, since `<` is escaped, so that only tags are indented.
  const indented = content.map((child) => `\n${child.replaceAll(/^( *<)/gm, '  $1')}`)
  return `<${name}${opened}>${indented.join('')}\n</${name}>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** Text for a double-quoted attribute, where a parser would turn line ends and tabs into spaces. */
function escaped(text: string): string {
  return writable(text).replace(/[&<>"\t\n\r]/g, (character) => entities[character]!)
}

function escapedText(text: string): string {
  return writable(text).replace(/[&<>\r]/g, (character) => entities[character]!)
}

/**
 * Removes terminal colours. Control characters that XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets) become
 * U+FFFD; so does a lone surrogate when it is encoded as UTF-8.
 */
function writable(text: string): string {
  return stripVTControlCharacters(text).replace(
    /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/g,
    '\ufffd',
  )
}
