/** How something that ran has ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** Which services of a topology have ended, and whether somebody had asked for it. */
export interface Lives extends Disposable {
  /** A service is being started: forgets how it ended before. */
  begins(service: string): void
  /** The ground tells of every end. */
  ended(service: string, exit: Exit): void
  /** How it ended; undefined while it runs, or before its first start. */
  exitOf(service: string): Exit | undefined
  /** Its next end is asked for, and no death. @returns what resolves once it has ended. */
  expectEnd(service: string): Promise<void>
}

/** @param onDeath is called for every unexpected end, until the disposal */
export function createLives(onDeath: (service: string, exit: Exit) => void): Lives {
  const exits = new Map<string, Exit>()
  const expected = new Map<string, () => void>()
  let over = false
  return {
    begins: (service) => void exits.delete(service),
    ended(service, exit) {
      exits.set(service, exit)
      const asked = expected.get(service)
      expected.delete(service)
      if (asked !== undefined) asked()
      else if (!over) onDeath(service, exit)
    },
    exitOf: (service) => exits.get(service),
    expectEnd: (service) => new Promise((resolve) => expected.set(service, resolve)),
    [Symbol.dispose]: () => {
      over = true
    },
  }
}

/** An exit in words: `SIGKILL`, `exit code 7`. */
export function tellExit({ code, signal }: Exit): string {
  return signal ?? `exit code ${code}`
}
