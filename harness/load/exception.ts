const begins = 'error: '

/** The outcome of a journey that threw. */
export function outcomeOfException(error: unknown): string {
  return `${begins}${error instanceof Error ? error.message : String(error)}`
}

/** Whether a journey threw: then its outcome is a message, and no name. */
export function isException(outcome: string): boolean {
  return outcome.startsWith(begins)
}
