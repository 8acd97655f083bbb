import type { ReporterOutput } from './reporter.ts'

/** What an output needs of a stream; `process.stdout` has it. */
interface Stream {
  write(text: string): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

const columnsElsewhere = 110

/**
 * A reporter's output on a stream. Live redrawing only on a terminal that can do it and is watched, so not under CI.
 * Colours as Node has it: FORCE_COLOR before NO_COLOR (https://no-color.org) before what the terminal can do.
 * When the reader goes away (`| head`), the rest of the output is dropped and the run goes on.
 */
export function reporterOutput(
  stream: Stream,
  env: Readonly<Record<string, string | undefined>>,
  options: Pick<ReporterOutput, 'again' | 'lang' | 'journal'> & { readonly verbose?: boolean } = {},
): ReporterOutput & { makeRoom(): void } {
  const able = stream.isTTY === true && env.TERM !== 'dumb'
  let open = true
  const blocks: (() => void)[] = []
  stream.on('error', () => {
    open = false
  })
  return {
    write: (text) => {
      if (open) stream.write(text)
    },
    terminal: able && !isSet(env.CI),
    colour: forced(env.FORCE_COLOR) ?? (env.NO_COLOR ? false : able),
    rows: () => stream.rows || Number.POSITIVE_INFINITY,
    blocked: (clear) => void blocks.push(clear),
    /** Takes blocks away that are redrawn in place; called before anything else is written to the terminal. */
    makeRoom() {
      for (const clear of blocks) clear()
    },
    verbose: options.verbose ?? false,
    ...(options.again !== undefined && { again: options.again }),
    ...(options.journal !== undefined && { journal: options.journal }),
    ...(options.lang !== undefined && { lang: options.lang }),
    columns: () => stream.columns || Number(env.COLUMNS) || (able ? 80 : columnsElsewhere),
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}

function forced(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value !== '0' && value !== 'false'
}
