import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { CheckBeforeIssueParameters } from '../measures/check-before-issue.ts'

/** One answer in so many is somebody else's under the sabotage `swapped-answers`. */
const swappedOneIn = 5

/** How long an answer lies in the shared place while `crossed-answers` is on, in ms. † ours: a page is put together. */
const layOutMs = 8
/**
 * Longest pause before an answer is made anew, in ms. † ours: ten times that, as each that is made anew crosses others.
 */
const pauseMs = 90

/** Whom an answer is about. */
export interface About {
  readonly residentId: string
  readonly document?: unknown
}

/** How the portal's pages are put together and handed over, documents and what stands at their top. */
export function createPages<T extends About, Top>(options: {
  readonly sabotaged: Sabotaged
  /** Whether the defect `crossed-answers` is on. */
  readonly crossed: () => boolean
  readonly check: CheckBeforeIssueParameters | undefined
  readonly log: Log
}): { readonly handOver: HandOver<T>; readonly laidOut: LayOut<Top> } {
  const { crossed, log, ...rest } = options
  const heldBack = (): void =>
    log.warn({ event: 'document.held-back' }, 'an answer was about another, and was held back')
  return {
    handOver: createHandOver<T>({ ...rest, laidOut: createLayOut<T>(crossed), heldBack }),
    laidOut: createLayOut<Top>(crossed),
  }
}

/** Hands an answer to whoever asked. @throws Problem 503 where the last look finds that it is about another */
export type HandOver<T extends About> = (answer: T) => Promise<T>

interface Options<T> {
  readonly sabotaged: Sabotaged
  readonly laidOut: LayOut<T>
  /** Undefined: nobody looks. */
  readonly check: CheckBeforeIssueParameters | undefined
  /** An answer about another was held back. */
  readonly heldBack: () => void
}

/** Each citizen gets the own answer, not one that is on its way to another at the same time (F15). */
function createHandOver<T extends About>({ sabotaged, laidOut, check, heldBack }: Options<T>): HandOver<T> {
  const swapped = createSwap<T>(sabotaged)
  return async (answer) => {
    if (check === undefined) return swapped(await laidOut(answer))
    for (let attempt = 0; attempt < check.attempts; attempt++) {
      const made = swapped(await laidOut(answer))
      if (isAbout(made, answer.residentId) || sabotaged('looks-away')) return made
      heldBack()
      // Two that wait for each other would cross again and again.
      await sleep(pauseMs * Math.random())
    }
    throw new Problem(503, 'wrong-subject', 'the answer was about another, and was not handed out')
  }
}

function isAbout({ residentId, document }: About, asked: string): boolean {
  const { id } = (document ?? { id: asked }) as { id?: unknown }
  return residentId === asked && id === asked
}

/** Puts a citizen's page together. */
export type LayOut<T> = (answer: T) => Promise<T>

/**
 * @param crossed the defect of April 2024 is on: every page goes by one place, where the last one that was laid down is
 * taken up (F15)
 */
function createLayOut<T>(crossed: () => boolean): LayOut<T> {
  let place: T
  return async (answer) => {
    if (!crossed()) return answer
    place = answer
    await sleep(layOutMs)
    return place
  }
}

function createSwap<T>(sabotaged: Sabotaged): (answer: T) => T {
  let before: T | undefined
  let handed = 0
  return (answer) => {
    const others = before
    before = answer
    handed += 1
    return sabotaged('swapped-answers') && handed % swappedOneIn === 0 ? (others ?? answer) : answer
  }
}
