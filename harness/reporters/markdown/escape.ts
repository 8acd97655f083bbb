/** Characters that Markdown, its tables, HTML in it, or GitHub's own references (`@name`, `#12`) would take as more than text. */
const special = /[\\`*_{}[\]<>#@|~&$!^=]|https?:|www\./g

/** What would begin a list where it begins a line. */
const atStart = /^[-+]|^\d(?=\d*[.)]\s)/

/** No page may hold them; a terminal's colours are some of them. */
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

/**
 * Text for the middle of a line of GitHub Flavored Markdown, shown as it is: numeric references are never markup
 * (CommonMark 0.31, 2.5). Line ends and control characters become one space.
 * @example text('a|b') // 'a&#124;b'
 */
export function text(raw: string): string {
  return raw
    .toWellFormed()
    .replaceAll(controls, ' ')
    .trim()
    .replaceAll(special, (found) => `&#${found.charCodeAt(0)};${found.slice(1)}`)
    .replace(atStart, (found) => `&#${found.charCodeAt(0)};`)
}

/** Code in a line: no markup within, whatever it holds (CommonMark 0.31, 6.1). In a table a bar would end the cell. */
export function code(raw: string): string {
  const line = raw.toWellFormed().replaceAll(controls, ' ').replaceAll('|', '¦')
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length)
  const fence = '`'.repeat(1 + Math.max(0, ...runs))
  const room = line.startsWith('`') || line.endsWith('`') || line.trim() === '' ? ' ' : ''
  return `${fence}${room}${line}${room}${fence}`
}

/** A table of cells that are Markdown already. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}
