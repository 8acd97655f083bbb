import { stripVTControlCharacters } from 'node:util'

const sgr = String.raw`\x1b\[[0-9;]*m`
const tokens = new RegExp(`${sgr}|.`, 'gsu')
const leading = new RegExp(`^((?:${sgr})*)( *)`)
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const zero = /[\p{Mn}\p{Me}\p{Cf}]/u

function widthOfCharacter(character: string): number {
  return zero.test(character) ? 0 : wide.test(character) ? 2 : 1
}

/** Columns a line takes on a terminal: Hangul and other wide characters take two, colours none. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of stripVTControlCharacters(text)) width += widthOfCharacter(character)
  return width
}

/** Cuts a line to at most `columns`, ending in `…` where something was cut. Colours are kept, and closed. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let used = 0
  let kept = ''
  let full = columns < 1
  for (const [token] of text.matchAll(tokens)) {
    if (token.startsWith('\x1b[')) kept += token
    else if (!full) {
      const width = widthOfCharacter(token)
      if (used + width > columns - 1) {
        kept += '…'
        full = true
      } else {
        kept += token
        used += width
      }
    }
  }
  return kept
}

/** Exactly `columns` wide: clipped or padded, on the right, or on the left for figures. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const clipped = clip(text, columns)
  const padding = ' '.repeat(Math.max(0, columns - widthOf(clipped)))
  return align === 'left' ? clipped + padding : padding + clipped
}

/** Breaks a text at spaces into lines of at most `columns`; a longer word gets a line of its own. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines
}

/** A line broken like a paragraph: what goes on stands two columns further in than where it began. */
export function hang(line: string, columns: number): string[] {
  if (widthOf(line) <= columns) return [line]
  const [lead, colours, indent] = leading.exec(line) as unknown as [string, string, string]
  const words = colours + line.slice(lead.length)
  const [first = '', ...rest] = wrap(words, Math.max(20, columns - indent.length - 2))
  return [indent + first, ...rest.map((more) => `${indent}  ${more}`)]
}

/** Rows of one length, each column as wide as its widest cell. */
export function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column]!))))
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}
