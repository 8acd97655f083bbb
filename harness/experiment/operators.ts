import { setTimeout as sleep } from 'node:timers/promises'
import type { ActionContext, ActionKind } from '../actions/action-kind.ts'
import { actionKind } from '../actions/index.ts'
import { messageOf } from '../errors.ts'
import type { JournalEvent } from '../journal/events.ts'
import type { ActionSpec } from '../model/action.ts'
import type { Happenings } from './happenings.ts'

/** At most so many looks, so far apart, until an action is seen to have worked. */
const looks = 8
const betweenLooksMs = 250

/**
 * Does each action once its time has come, or once what it waits for has happened; then looks whether it worked. What
 * fails is written to the journal, and voids the arm when that is judged.
 * @param options.startedAt the arm's start, epoch ms
 * @param options.until the end of the last act, epoch ms: nothing is begun after it
 * @returns once each action is done with
 */
export async function operate(
  actions: readonly ActionSpec[],
  options: ActionContext & {
    readonly happenings: Happenings
    readonly startedAt: number
    readonly until: number
    write(event: JournalEvent): void
  },
): Promise<void> {
  await Promise.all(
    actions.map((spec) => lifeOf(spec, actionKind(spec.action, options.topology.system)!, options)),
  )
}

type Options = Parameters<typeof operate>[1]

async function lifeOf(spec: ActionSpec, kind: ActionKind, options: Options): Promise<void> {
  const { write, signal, happenings } = options
  const action = spec.id
  const plannedAt = await timeOf(spec, options)
  if (plannedAt === null) {
    const said = `${happeningIn(spec)} did not come, or came too late for it`
    return write({ kind: 'action.not-due', at: now(), action, said })
  }
  try {
    const begunAt = now()
    await kind.do(spec, options)
    write({ kind: 'action.done', at: begunAt, action, plannedAt, tookMs: now() - begunAt })
    const sighting = await look(spec, kind, options)
    write({ kind: 'action.seen', at: now(), action, ...sighting })
    if (sighting.seen) happenings.note('action', action, now())
  } catch (error) {
    // After an interruption what an action says means nothing.
    if (!signal.aborted) write({ kind: 'action.failed', at: now(), action, said: messageOf(error) })
  }
}

/** Waits until it is to be done. @returns when that was, epoch ms; null: it never is */
async function timeOf({ at }: ActionSpec, options: Options): Promise<number | null> {
  const { startedAt, until, happenings, signal } = options
  if ('ms' in at) {
    await sleepUntil(startedAt + at.ms, signal)
    return startedAt + at.ms
  }
  const [kind, name] = 'event' in at ? (['event', at.event] as const) : (['action', at.action] as const)
  const happened = await happenings.first(kind, name, startedAt + at.fromMs, until, signal)
  if (happened === null || happened + at.afterMs > until) return null
  await sleepUntil(happened + at.afterMs, signal)
  return happened + at.afterMs
}

function happeningIn({ at }: ActionSpec): string {
  if ('ms' in at) return 'its time'
  return 'event' in at ? `event '${at.event}'` : `what follows from action '${at.action}'`
}

async function look(spec: ActionSpec, kind: ActionKind, options: Options) {
  for (let i = 1; ; i++) {
    const sighting = await kind.seen(spec, options)
    if (sighting.seen || i === looks) return sighting
    await sleep(betweenLooksMs, undefined, { signal: options.signal })
  }
}

async function sleepUntil(at: number, signal: AbortSignal): Promise<void> {
  const waitMs = at - now()
  if (waitMs > 0) await sleep(waitMs, undefined, { signal })
}

/** Epoch ms with the resolution of the performance clock. */
function now(): number {
  return performance.timeOrigin + performance.now()
}
