import type { Report } from '../experiment/report.ts'

/**
 * A reporter only reads. Every hook is optional and none may throw into the run; `runEnded` may write files into the
 * run's directory, and throws when it cannot: the run then ends with exit code 5. `live` events arrive as they happen,
 * results once they are judged.
 */
export interface Reporter extends Partial<Report> {
  readonly name: string
}

/** Makes a reporter for one run. */
export type ReporterFactory = (output: ReporterOutput) => Reporter

/** Where a reporter writes and what it may use there. */
export interface ReporterOutput {
  write(text: string): void
  readonly terminal: boolean
  readonly colour: boolean
  columns(): number
  /** Of a terminal; elsewhere without end. */
  rows(): number
  /** Of a block that is redrawn in place: how to take it away, should somebody else write to the same terminal. */
  blocked?(clear: () => void): void
  /** Every event and every check, as it happens; else what a person needs who waits for the verdict. */
  readonly verbose: boolean
  /** The command that runs these scenarios once more, with the options that were typed; absent where none was. */
  readonly again?: (scenarios: readonly string[]) => string
}
