import { expect, it } from 'vitest'
import { createStarts, type Start } from '../../harness/experiment/starts.ts'

const never = new AbortController().signal

/** Whether it comes within a moment. */
async function comes(turn: Promise<void>): Promise<boolean> {
  const moment = new Promise<false>((done) => setTimeout(done, 100, false))
  return Promise.race([turn.then(() => true as const), moment])
}

async function begun(start: Start): Promise<Start> {
  await start.mayComeUp(never)
  await start.mayBegin(never)
  return start
}

it('an arm by itself waits for nobody', async () => {
  using arm = createStarts()(60_000)
  expect(await comes(arm.mayComeUp(never))).toBe(true)
  expect(await comes(arm.mayBegin(never))).toBe(true)
})

it('two networks come up together, and the first to be up waits for the other', async () => {
  const startOf = createStarts()
  using one = startOf(60_000)
  using other = startOf(60_000)
  expect(await comes(one.mayComeUp(never))).toBe(true)
  expect(await comes(other.mayComeUp(never))).toBe(true)
  const first = one.mayBegin(never)
  expect(await comes(first)).toBe(false)
  const second = other.mayBegin(never)
  // One of them begins, and the other not before that one is warm.
  expect(await comes(Promise.race([first, second]))).toBe(true)
  expect(await comes(Promise.all([first, second]).then(() => {}))).toBe(false)
  await Promise.all([first, second])
})

it('no network comes up while another arm is in its first act, and one does when that is over', async () => {
  const startOf = createStarts()
  using _steady = await begun(startOf(400))
  using next = startOf(400)
  const turn = next.mayComeUp(never)
  expect(await comes(turn)).toBe(false)
  await turn
})

it('an arm that ended is in nobody’s way', async () => {
  const startOf = createStarts()
  const ended = await begun(startOf(60_000))
  const failed = startOf(60_000)
  ended[Symbol.dispose]()
  await failed.mayComeUp(never)
  failed[Symbol.dispose]()
  expect(await comes(begun(startOf(60_000)).then(() => {}))).toBe(true)
})

it('a wait ends with the run', async () => {
  const startOf = createStarts()
  using _steady = await begun(startOf(60_000))
  using next = startOf(60_000)
  const stop = new AbortController()
  const turn = next.mayComeUp(stop.signal)
  stop.abort()
  await expect(turn).rejects.toThrow('aborted')
  await expect(next.mayComeUp(stop.signal)).rejects.toThrow('aborted')
})
