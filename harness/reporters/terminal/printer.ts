import type { ReporterOutput } from '../reporter.ts'
import { hang } from './width.ts'

/** Prints lines that stay: broken like paragraphs on a terminal, as they are elsewhere. */
export interface Printer {
  print(...lines: string[]): void
  /** How wide a line may be. */
  columns(): number
}

/** @param makeRoom called before anything is written: what is redrawn in place must be out of the way */
export function printerTo(output: ReporterOutput, makeRoom: () => void): Printer {
  const columns = (): number => (output.terminal ? output.columns() - 1 : Number.POSITIVE_INFINITY)
  return {
    columns,
    print(...lines) {
      makeRoom()
      output.write(lines.map((line) => `${hang(line, columns()).join('\n')}\n`).join(''))
    },
  }
}
