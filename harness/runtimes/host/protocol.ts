import type { ProcessIdentity } from './machine.ts'

/** What the harness asks for. */
export type ToSupervisor =
  | ({ type: 'spawn' } & SpawnRequest)
  | { type: 'stop'; id: string }
  /** To the process and all that it has started. */
  | { type: 'signal'; id: string; signal: NodeJS.Signals }
  /** Not to outlive the topology: a process started elsewhere, a directory, a topology that an engine keeps. */
  | { type: 'hold'; pid?: number; dir?: string; topology?: Labelled }
  | { type: 'stop-all' }

export interface SpawnRequest {
  readonly id: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly logFile: string
  readonly uid?: number
  readonly gid?: number
  /** Signal that asks it to stop; SIGKILL follows after the grace. */
  readonly stopSignal: NodeJS.Signals
  /** The grace, ms; default: the supervisor's own. */
  readonly stopWithinMs?: number
  /** A Node.js child gets a channel: it ends itself when the supervisor is gone. */
  readonly channel: boolean
}

/** What the supervisor answers. */
export type FromSupervisor =
  | { type: 'spawned'; id: string; pid: number }
  | { type: 'signalled'; id: string }
  | { type: 'failed'; id: string; error: string }
  | { type: 'exited'; id: string; code: number | null; signal: NodeJS.Signals | null }
  /** `kept`: see `Reaped`. */
  | { type: 'stopped-all'; error?: string; kept?: readonly string[] }

/** A topology that an engine keeps. */
export interface Labelled {
  readonly engine: string
  readonly topology: string
}

/** The register of a topology under way, as `clean` reads it. */
export interface Register {
  readonly harness: ProcessIdentity
  readonly supervisor: ProcessIdentity
  readonly processes: readonly (ProcessIdentity & { id: string })[]
  readonly scratch: readonly string[]
  readonly labelled: readonly Labelled[]
}
