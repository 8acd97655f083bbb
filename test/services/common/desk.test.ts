import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type AtDesk, startDesk } from '../../../services/common/desk.ts'
import { until } from './capacity-under-test.ts'

interface Story {
  /** What waits. */
  readonly pile: number[]
  readonly roundsAt: number[]
  drained: number
}

function desk(round: (at: AtDesk, story: Story) => Promise<boolean>, options = {}) {
  const story: Story = { pile: [], roundsAt: [], drained: 0 }
  const { stop } = startDesk({
    waiting: () => story.pile.length,
    round(at) {
      story.roundsAt.push(performance.now())
      return round(at, story)
    },
    drained() {
      story.drained += 1
    },
    perS: 1_000,
    longestPauseMs: 150,
    ...options,
  })
  return { story, [Symbol.asyncDispose]: stop }
}

it('works off what waits, and says once that nothing is left', async () => {
  await using one = desk(async (_, { pile }) => {
    pile.shift()
    return true
  })
  await sleep(120)
  expect(one.story).toMatchObject({ roundsAt: [], drained: 0 })
  one.story.pile.push(1, 2, 3)
  await until(() => one.story.drained === 1)
  expect(one.story.roundsAt).toHaveLength(3)
  one.story.pile.push(4)
  await until(() => one.story.drained === 2)
})

it('waits longer each time not all was taken, up to its longest pause', async () => {
  await using one = desk(async () => false)
  one.story.pile.push(1)
  await until(() => one.story.roundsAt.length >= 4)
  const [first, second, third, fourth] = one.story.roundsAt as [number, number, number, number]
  const pauses = [second - first, third - second, fourth - third]
  for (const [index, least] of [100, 150, 150].entries()) expect(pauses[index]).toBeGreaterThan(least - 5)
})

it('keeps one pace, however many ask for a turn', async () => {
  let took = 0
  await using one = desk(
    async ({ turn }, { pile }) => {
      const from = performance.now()
      await Promise.all(Array.from({ length: 21 }, turn))
      took = performance.now() - from
      pile.shift()
      return true
    },
    { perS: 100 },
  )
  one.story.pile.push(1)
  await until(() => one.story.drained === 1)
  expect(took).toBeGreaterThan(195)
})

it('ends what is under way when it stops', async () => {
  let aborted = false
  const one = desk(async ({ pause, signal }) => {
    await pause(60_000)
    aborted = signal.aborted
    return true
  })
  one.story.pile.push(1)
  await until(() => one.story.roundsAt.length === 1)
  await one[Symbol.asyncDispose]()
  expect(aborted).toBe(true)
})
