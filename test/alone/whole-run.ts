/** What tests of whole runs share: a place of their own, waiting for words, and seeing that nothing is left. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Register } from '../../harness/runtimes/host/protocol.ts'
import { type Place, place, type Started } from '../harness/fixtures/command-line.ts'

const withPlace = test.extend<{ here: Place }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs
  here: async ({}, use) => {
    using here = place()
    await use(here)
  },
})

/** A test with a place of its own, beside others: most of their time they wait. */
export const it = withPlace.concurrent

/** One that no other may run beside: it asks for what the whole machine holds. */
export const itInTurn = withPlace

/** Waits until what the run prints matches. @throws Error after a minute */
export async function until(started: Started, words: RegExp): Promise<void> {
  for (let i = 0; !words.test(started.stdout()); i++) {
    if (i > 2400) throw new Error(`never printed ${words}: ${started.stdout()}`)
    await sleep(25)
  }
}

/**
 * Of a run that has ended, no process goes on, and no register.
 * @param more what else there might be, by name; asked `atLast` when there was patience enough
 */
export async function nothingIsLeft(
  here: Place,
  seen: readonly Register[],
  more: (atLast: boolean) => Promise<readonly string[]> = async () => [],
): Promise<void> {
  const left = async (atLast = false): Promise<string[]> => [...(await more(atLast)), ...here.leftovers(seen)]
  for (let i = 0; i < 300 && (await left()).length > 0; i++) await sleep(100)
  expect(await left(true)).toEqual([])
}
