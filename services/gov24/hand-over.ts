import type { Sabotaged } from '../common/sabotage.ts'

/** One answer in so many is somebody else's under the sabotage `swapped-answers`. */
const swappedOneIn = 5

/** Each citizen gets the own answer, not one that is on its way to another at the same time (F15). */
export function createHandOver<T>(sabotaged: Sabotaged): (answer: T) => T {
  let before: T | undefined
  let handed = 0
  return (answer) => {
    const others = before
    before = answer
    handed += 1
    return sabotaged('swapped-answers') && handed % swappedOneIn === 0 ? (others ?? answer) : answer
  }
}
