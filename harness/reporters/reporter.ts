import type { Report } from '../experiment/report.ts'

/**
 * A reporter only reads. Every hook is optional. `runEnded` may write files into the run's directory, and throws when it
 * cannot: the run then ends with exit code 5. Errors of other hooks are printed and do not end the run.
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
  /** Rows of the terminal; elsewhere `Infinity`. */
  rows(): number
  /** Registers a block that is redrawn in place: `clear` is called before anybody else writes to the terminal. */
  blocked?(clear: () => void): void
  /** True: every event and every check. False: what a person needs who waits for the verdict. */
  readonly verbose: boolean
  /** The command that runs these scenarios once more, with the options that were typed; absent where none was. */
  readonly again?: (scenarios: readonly string[]) => string
  /** The file that is asked for in place of the reporter's own in the run's directory. */
  readonly path?: string
  /** The journal, where it is not `journal.jsonl` in the run's directory. */
  readonly journal?: string
  /** The language that pages open in; default English. */
  readonly lang?: Language
}

/** Languages that pages have. */
export const languages = ['en', 'ko'] as const

export type Language = (typeof languages)[number]
