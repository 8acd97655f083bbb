/** The table of cases × servers that the suite prints at its end. */
export interface Results {
  set(row: string, column: string, result: 'ok' | 'ok, differs' | 'FAILED' | 'skipped'): void
  note(text: string): void
  table(): string
}

export function createResults(columns: readonly string[]): Results {
  const rows = new Map<string, Map<string, string>>()
  const notes: string[] = []

  return {
    set(row, column, result) {
      const cells = rows.get(row) ?? new Map()
      rows.set(row, cells.set(column, result))
    },
    note: (text) => void notes.push(text),

    table() {
      const lines = [...rows].map(([row, cells]) => [
        row,
        ...columns.map((column) => cells.get(column) ?? '–'),
      ])
      const totals = columns.map((column) => {
        const of = [...rows.values()].map((cells) => cells.get(column))
        return `${of.filter((result) => result?.startsWith('ok')).length}/${of.filter((result) => result).length}`
      })
      const all = [['case', ...columns], ...lines, ['passed', ...totals]]
      const widths = all[0]!.map((_, column) => Math.max(...all.map((line) => line[column]!.length)))
      const text = all.map((line) =>
        line
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd(),
      )
      return [...text, ...notes].join('\n')
    },
  }
}
