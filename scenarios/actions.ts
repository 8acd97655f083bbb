/** What operators of the mock network do in a story, beyond what the harness does by itself; past the links. */
import { z } from 'zod'
import type { OperatorAction, System } from '../harness/index.ts'
import { mockWatchToken } from '../services/situation-room/config.ts'

type Running = Parameters<OperatorAction['do']>[0]

/**
 * Asks the situation room as whoever watches it.
 * @param refusals statuses that are an answer too
 * @throws Error where it refuses otherwise
 */
async function askRoom(
  running: Running,
  asked: { readonly method: 'GET' | 'PATCH' | 'POST'; readonly path: string; readonly body?: unknown },
  signal: AbortSignal,
  refusals: readonly number[] = [],
): Promise<unknown> {
  const { method, path, body } = asked
  const answer = await fetch(`${running.direct('situation-room')}${path}`, {
    method,
    signal,
    headers: { authorization: `Bearer ${mockWatchToken}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok && !refusals.includes(answer.status))
    throw new Error(`the situation room answered ${answer.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text)
}

const deskParams = z.strictObject({ desk: z.int().min(1).max(3) })
const desks = z.object({ desks: z.array(z.object({ desk: z.number(), muted: z.boolean() })) })
const normal = z.object({ declared: z.boolean(), refused: z.string().nullable() })
const shift = z.object({ dayShift: z.boolean(), manned: z.boolean() })

function problemsIn(schema: z.ZodType): NonNullable<OperatorAction['problems']> {
  return (params) =>
    (schema.safeParse(params).error?.issues ?? []).map(({ path, message }) => [...path, message].join(': '))
}

/** The day shift of the room goes home, or comes in. */
function shiftAction(summary: string, dayShift: boolean): OperatorAction {
  return {
    summary,
    services: ['situation-room'],
    problems: problemsIn(z.strictObject({})),
    async do(running, _params, signal) {
      await askRoom(running, { method: 'PATCH', path: '/shift', body: { dayShift } }, signal)
    },
    async seen(running, _params, signal) {
      const now = shift.parse(await askRoom(running, { method: 'GET', path: '/shift' }, signal))
      return {
        seen: now.dayShift === dayShift,
        said: now.manned ? 'somebody looks on' : 'nobody looks',
      }
    },
  }
}

export const actions: NonNullable<System['actions']> = {
  'mute-desk': {
    summary: 'mutes the bell of a duty officer’s desk',
    services: ['situation-room'],
    problems: problemsIn(deskParams),
    async do(running, params, signal) {
      const { desk } = deskParams.parse(params)
      await askRoom(running, { method: 'PATCH', path: `/desks/${desk}`, body: { muted: true } }, signal)
    },
    async seen(running, params, signal) {
      const { desk } = deskParams.parse(params)
      const all = desks.parse(await askRoom(running, { method: 'GET', path: '/desks' }, signal)).desks
      const seen = all.some((one) => one.desk === desk && one.muted)
      return { seen, said: seen ? `desk ${desk} does not ring` : `desk ${desk} rings` }
    },
  },
  'declare-normal': {
    summary: 'the situation room is told to declare the network normal, and does or says why not',
    services: ['situation-room'],
    problems: problemsIn(z.strictObject({})),
    async do(running, _params, signal) {
      await askRoom(running, { method: 'POST', path: '/declarations/normal', body: {} }, signal, [409])
    },
    async seen(running, _params, signal) {
      const { declared, refused } = normal.parse(
        await askRoom(running, { method: 'GET', path: '/declarations/normal' }, signal),
      )
      if (declared) return { seen: true, said: 'it is declared normal' }
      return { seen: refused !== null, said: `it is not declared: ${refused ?? 'nobody asked'}` }
    },
  },
  'day-shift-leaves': shiftAction('the day shift of the situation room goes home', false),
  'day-shift-comes': shiftAction('the day shift of the situation room comes in', true),
}
