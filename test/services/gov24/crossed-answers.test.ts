import { describe, expect, test } from 'vitest'
import { mockGov24OperatorToken } from '../../../services/gov24/config.ts'
import { send } from '../network.ts'
import { citizenOf, logIn } from './citizen.ts'
import { ofKind, startPortal } from './portal.ts'

async function switchCrossing(url: string, on: boolean): Promise<void> {
  const operator = { authorization: `Bearer ${mockGov24OperatorToken}` }
  const { status } = await send(`${url}/switches/crossed-answers`, { on }, operator, 'PATCH')
  expect(status).toBe(200)
}

/** What these citizens are given who ask at once: `own`, `another’s`, or the code of a refusal. */
async function askedBy(url: string, numbers: readonly number[]): Promise<string[]> {
  const asking = await Promise.all(
    numbers.map(async (number) => ({
      residentId: (await citizenOf(number)).residentId,
      authorization: `Bearer ${await logIn(url, number)}`,
      'idempotency-key': `of-${number}`,
    })),
  )
  return Promise.all(
    asking.map(async ({ residentId, ...headers }) => {
      const body = { serviceId: ofKind('look-up').id, residentId }
      const answer = await send(`${url}/applications`, body, headers)
      if (answer.status !== 201) return String(answer.body.code)
      const { id } = answer.body.document as { id: string }
      return id === residentId && answer.body.residentId === residentId ? 'own' : 'another’s'
    }),
  )
}

describe('answers that cross', () => {
  test('crosses the answers of those who ask at once while its switch is on, and never of who asks alone (F15)', async () => {
    await using portal = await startPortal()
    const alone = await askedBy(portal.url, [1])
    await switchCrossing(portal.url, true)
    expect(alone).toEqual(['own'])
    expect(await askedBy(portal.url, [1])).toEqual(['own'])
    expect(await askedBy(portal.url, [1, 2, 3, 4])).toContain('another’s')
    await switchCrossing(portal.url, false)
    expect(await askedBy(portal.url, [1, 2, 3, 4])).toEqual(['own', 'own', 'own', 'own'])
  })

  test('looks before a document leaves: makes it anew, or refuses (F15)', async () => {
    const events: Record<string, unknown>[] = []
    await using portal = await startPortal(
      { MEASURE_CHECK_BEFORE_ISSUE: '{"attempts":1}', LOG_LEVEL: 'info' },
      { write: (line) => events.push(JSON.parse(line)) },
    )
    await switchCrossing(portal.url, true)
    const given = await askedBy(portal.url, [1, 2, 3, 4])
    expect(given).not.toContain('another’s')
    expect(given).toContain('wrong-subject')
    expect(events.filter(({ event }) => event === 'document.held-back')).toHaveLength(
      given.filter((one) => one === 'wrong-subject').length,
    )

    await using patient = await startPortal({ MEASURE_CHECK_BEFORE_ISSUE: '{"attempts":10}' })
    await switchCrossing(patient.url, true)
    expect(new Set(await askedBy(patient.url, [1, 2]))).toEqual(new Set(['own']))
  })

  test('its switches are for operators, and say which there are', async () => {
    await using portal = await startPortal()
    const path = `${portal.url}/switches/crossed-answers`
    expect((await send(path, { on: true }, {}, 'PATCH')).status).toBe(401)
    const operator = { authorization: `Bearer ${mockGov24OperatorToken}` }
    expect(await send(`${portal.url}/switches/crossed`, { on: true }, operator, 'PATCH')).toMatchObject({
      status: 404,
      body: { error: "there is no switch 'crossed'; there are crossed-answers" },
    })
    expect(await (await fetch(`${portal.url}/switches`, { headers: operator })).json()).toEqual({
      switches: [{ name: 'crossed-answers', on: false }],
    })
  })
})
