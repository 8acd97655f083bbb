/** Exit codes of the command line, the contract with CI. A run's code is that of its worst scenario: 5 > 1 > 3 > 2 > 0. */
export const exitCode = {
  holds: 0,
  deviates: 1,
  inconclusive: 2,
  vacuous: 3,
  badInput: 4,
  harnessError: 5,
  interrupted: 130,
} as const

/** The user asked for something that cannot be done; every problem found is listed, and nothing was started. Exit code 4. */
export class BadInput extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(
      problems.length === 1
        ? problems[0]
        : `${problems.length} problems:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    )
    this.name = 'BadInput'
    this.problems = problems
  }
}

/** Something the harness depends on failed (a service, PostgreSQL, Toxiproxy, the disk). Exit code 5. */
export class HarnessError extends Error {
  /** Where to look: log files and lines, the most useful first. */
  readonly lookAt: readonly string[]
  constructor(message: string, options: { lookAt?: readonly string[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HarnessError'
    this.lookAt = options.lookAt ?? []
  }
}

/** The message of anything that was thrown; of an error that met another on the way out, both. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error && thrown.name === 'SuppressedError') {
    const { suppressed, error } = thrown as SuppressedError
    const [first, then] = [messageOf(suppressed), messageOf(error)]
    return first === then ? first : `${first}; then, while tidying up: ${then}`
  }
  if (thrown instanceof AggregateError && thrown.errors.length > 0)
    return thrown.message || thrown.errors.map(messageOf).join('; ')
  return thrown instanceof Error ? thrown.message : String(thrown)
}
