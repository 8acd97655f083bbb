import { after, type Cancel } from '../../timer.ts'

/** A flow that can be held up: it goes on with what was read until something must wait, and then goes on from there. */
export interface HeldFlow {
  /** Nothing more is to wait: the flow is being interrupted. */
  readonly hurried: boolean
  /** Keeps something back until the wait is over, whether it ran out or was cut short. */
  hold(release: () => void): void
  /** Goes on. Returns true when all is dealt with, or false when `done` will be called. */
  proceed(): boolean
  /** Cuts the wait short, and goes on with whatever is there without waiting any more. */
  interrupt(): void
}

/**
 * @param step deals with what has been read; returns for how many ms it is held up, or 0 when all is dealt with
 * @param done called once all is dealt with after a wait
 */
export function createHeldFlow(step: () => number, done: () => void): HeldFlow {
  let cancel: Cancel | undefined
  let held: (() => void) | undefined
  let hurried = false

  function release() {
    held?.()
    held = undefined
  }

  function proceed(): boolean {
    const delayMs = step()
    if (delayMs === 0) return true
    cancel = after(delayMs, () => {
      release()
      if (proceed()) done()
    })
    return false
  }

  return {
    get hurried() {
      return hurried
    },
    hold(kept) {
      held = kept
    },
    proceed,
    interrupt() {
      cancel?.()
      release()
      hurried = true
      step()
      hurried = false
    },
  }
}
