import { type Supervision, superviseHere } from './supervision.ts'

/** The supervisors of a runtime. Each topology has its own, because a supervisor ends everything that it started. */
export interface Supervisors extends AsyncDisposable {
  /** One that no topology has: an idle one, else a new one. */
  take(): Supervision
  /** Its topology is gone; it may serve another. */
  giveBack(supervision: Supervision): void
}

/** Starts supervisors as they are needed, and keeps them for the next topology: a start costs a process. */
export function supervisors(): Supervisors {
  const all: Supervision[] = []
  const idle: Supervision[] = []
  return {
    take() {
      const waiting = idle.pop()
      if (waiting !== undefined) return waiting
      const fresh = superviseHere()
      all.push(fresh)
      return fresh
    },
    giveBack: (supervision) => void idle.push(supervision),
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((supervision) => supervision[Symbol.asyncDispose]()))
    },
  }
}
