import type { ReporterOutput } from '../reporter.ts'
import { clip, widthOf } from './width.ts'

/** A block of lines at the end of a terminal that is drawn over and over in place. */
export interface Region {
  draw(lines: readonly string[]): void
  /** Removes the block; what is written next stands where it stood. */
  clear(): void
}

/**
 * The cursor is never hidden and always stands in the first column below the block. So there is nothing to restore,
 * neither after an exception nor after a `kill -9`.
 */
export function region(output: ReporterOutput): Region {
  let drawn: readonly string[] = []
  let drawnAt = 0

  /** To the block's first column. A terminal made narrower since has broken its lines, so that it is taller now. */
  const toTop = (): string => {
    const columns = Math.max(1, output.columns())
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0)
    return rows === 0 ? '\r' : `\r\x1b[${rows}A`
  }

  function clear(): void {
    if (drawn.length > 0) output.write(`${toTop()}\x1b[J`)
    drawn = []
    drawnAt = 0
  }

  output.blocked?.(clear)
  return {
    clear,
    draw(lines) {
      const columns = output.columns()
      // The last column stays free: some terminals break a line that fills it.
      // What does not fit above the cursor would scroll away, where nothing draws over it.
      const fitting = lines.slice(0, Math.max(0, output.rows() - 1))
      const clipped = fitting.map((line) => clip(line, Math.max(1, columns - 1)))
      if (columns === drawnAt && clipped.length === drawn.length && clipped.every((l, i) => l === drawn[i]))
        return
      output.write(`${toTop()}${clipped.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`)
      drawn = clipped
      drawnAt = columns
    },
  }
}
