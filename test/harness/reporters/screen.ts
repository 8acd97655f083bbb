/** A terminal just good enough to show what a reporter leaves on it: text, SGR, CR, LF, cursor up, erase line, erase below. */
export function screen(columns: number, colour = false, height = 40) {
  let rows: string[][] = [[]]
  let row = 0
  let column = 0
  let text = ''

  const apply = (sequence: string): void => {
    const [, count, command] = /^\x1b\[(\d*)([A-Za-z])$/.exec(sequence) ?? []
    if (command === 'A') row = Math.max(0, row - Number(count || 1))
    else if (command === 'K') rows[row] = rows[row]!.slice(0, column)
    else if (command === 'J') {
      rows = rows.slice(0, row + 1)
      rows[row] = rows[row]!.slice(0, column)
    } else if (command !== 'm')
      throw new Error(`a sequence this terminal does not know: ${JSON.stringify(sequence)}`)
  }

  const newLine = (): void => {
    row++
    column = 0
    rows[row] ??= []
  }

  const write = (written: string): void => {
    text += written
    for (const [token] of written.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+/g)) {
      if (token.startsWith('\x1b')) apply(token)
      else if (token === '\r') column = 0
      else if (token === '\n') newLine()
      else
        for (const character of token) {
          if (column >= columns) newLine()
          rows[row]![column++] = character
        }
    }
  }

  return {
    output: { write, terminal: true, colour, columns: () => columns, rows: () => height, verbose: true },
    /** What stands on the screen, scrolled-off lines included. */
    lines: (): string[] =>
      rows.map((cells) =>
        Array.from(cells, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      ),
    /** Everything that was written, control sequences and all. */
    written: (): string => text,
    cursor: () => ({ row, column }),
  }
}

/** A file or pipe: no terminal, no colours. */
export function paper(columns = 110) {
  let text = ''
  return {
    output: {
      write: (written: string): void => {
        text += written
      },
      terminal: false,
      colour: false,
      columns: () => columns,
      rows: () => 40,
      verbose: true,
    },
    text: (): string => text,
    lines: (): string[] => text.split('\n'),
  }
}
