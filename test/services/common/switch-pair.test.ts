/** Two switches in front of GPKI: who is gone is left, and nobody goes back to one that flaps while the other works. */
import { describe, expect, it } from 'vitest'
import { createBudget } from '../../../services/common/budget.ts'
import { createDownstream } from '../../../services/common/downstream.ts'
import { createLog } from '../../../services/common/log.ts'
import { createSwitchPair, through, throughPair } from '../../../services/common/switch-pair.ts'
import { standIn } from './stand-in.ts'

const [first, standby] = ['http://127.0.0.1:1', 'http://127.0.0.1:2']
const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
const pairOf = (options: { on?: boolean; holdMs?: number } = {}) =>
  createSwitchPair({
    service: 'test',
    first,
    standby,
    measure: options.on === false ? undefined : { failures: 2, holdMs: options.holdMs ?? 0 },
    log,
  })

describe('a pair of switches', () => {
  it('leaves one that was gone twice in a row, not once', () => {
    const pair = pairOf()
    pair.failed(first)
    pair.worked(first)
    pair.failed(first)
    expect(pair.url()).toBe(first)
    pair.failed(first)
    expect(pair.url()).toBe(standby)
  })

  it('stays with the other one, until that one is gone too', () => {
    const pair = pairOf()
    for (const _ of [1, 2]) pair.failed(first)
    // A late answer over the one that was left says nothing of the one in use.
    for (const _ of [1, 2, 3]) pair.failed(first)
    pair.worked(first)
    expect(pair.url()).toBe(standby)
    for (const _ of [1, 2]) pair.failed(standby)
    expect(pair.url()).toBe(first)
  })

  it('stays with it for a while, however often that one fails', () => {
    const pair = pairOf({ holdMs: 60_000 })
    for (const _ of [1, 2]) pair.failed(first)
    for (const _ of [1, 2, 3, 4]) pair.failed(standby)
    expect(pair.url()).toBe(standby)
  })

  it('is one switch where the measure is off', () => {
    const pair = pairOf({ on: false })
    for (const _ of [1, 2, 3]) pair.failed(first)
    expect(pair.url()).toBe(first)
  })

  it('needs the second one where the measure is on, and says so', () => {
    expect(() =>
      createSwitchPair({
        service: 'saeol',
        first,
        standby: undefined,
        measure: { failures: 2, holdMs: 0 },
        log,
      }),
    ).toThrow(/saeol: [\s\S]*GPKI_STANDBY_URL: MEASURE_STANDBY_L4 is on/)
  })
})

describe('calls', () => {
  it('go over the standby once the first one refuses them, and a silence changes nothing', async () => {
    await using silent = await standIn(() => {})
    await using works = await standIn((_request, response) => void response.end('{}'))
    const link = { link: 'test→l4', clientTimeoutMs: 200, log }
    const urls = [silent.url, works.url] as const
    const pair = createSwitchPair({
      service: 'test',
      first: urls[0],
      standby: urls[1],
      measure: { failures: 2, holdMs: 0 },
      log,
    })
    const gpki = throughPair(pair, new Map(urls.map((url) => [url, createDownstream({ ...link, url })])))
    const call = () => gpki.call({ method: 'GET', path: '/' }, createBudget({ totalMs: 2000, hopMs: 200 }))
    for (const _ of [1, 2, 3]) await expect(call()).rejects.toThrow(/no answer within/)
    expect(pair.url()).toBe(silent.url)
    await silent[Symbol.asyncDispose]()
    for (const _ of [1, 2]) await expect(call()).rejects.toThrow()
    expect((await call()).status).toBe(200)
    await gpki.close()
  })

  it('of any client count: a reset does, an abort does not', async () => {
    const pair = pairOf()
    const aborted = AbortSignal.abort()
    const asked = (signal: AbortSignal) =>
      through(
        pair,
        () => !signal.aborted,
        () => Promise.reject(new Error('read ECONNRESET')),
      )
    for (const _ of [1, 2]) await expect(asked(aborted)).rejects.toThrow()
    expect(pair.url()).toBe(first)
    for (const _ of [1, 2]) await expect(asked(new AbortController().signal)).rejects.toThrow()
    expect(pair.url()).toBe(standby)
  })
})
