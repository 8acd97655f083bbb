import { type RequestHandler, Router } from 'express'
import type { Environment } from '../common/config.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type Log, type LogDestination } from '../common/log.ts'
import { requireToken } from '../common/require-token.ts'
import { createSabotage, type Sabotaged } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readRoom } from '../enrolment/room.ts'
import { passwordFallback } from '../measures/password-fallback.ts'
import type { VantagePoint } from '../saeol/fallback/openings.ts'
import { createActions } from './actions.ts'
import type { Alarm } from './alarm.ts'
import { type RoomConfig, readRoomConfig } from './config.ts'
import { type Desk, startDesk } from './desk.ts'
import { desksRouter } from './desks-router.ts'
import { createDutyDesks, type DutyDesks } from './duty-desks.ts'
import { createNormality, type Normality, normalityRouter } from './normality.ts'
import { type ProcurementWatch, watchProcurement } from './procurement-watch.ts'
import { createSaeolClient } from './saeol-client.ts'
import { createSegments } from './segments.ts'
import { createShift, type Shift, shiftRouter } from './shift.ts'
import type { Streak } from './streak.ts'
import { checksOf, type Looks, startProbing, watch } from './watch.ts'

/** The situation room (장애 대응 상황실): looks from two vantage points, raises alarms, and acts on them. */
export async function startSituationRoom(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readRoomConfig(env)
  const log = createLog(config, destination)
  const room = await readRoom(config.ROOM_FILE)
  const measure = config.measures.passwordFallback
  // The alarm needs no measure: somebody must be told in any case.
  const settings = measure ?? passwordFallback.parameters.parse({})
  const sabotaged = createSabotage(config.SABOTAGE)
  const stopping = new AbortController()

  const watched = watch(settings, sabotaged)
  const { gpkiFromHere, gpkiFromSaeol, gpkiAlarm, saeolAlarm } = watched

  const desks = await seatDesks(config, settings.reactionMs, log)
  const dutyDesks = createDutyDesks({ desks, ackWithinMs: settings.ackWithinMs, log, sabotaged })
  const bell = createBell(dutyDesks, stopping.signal)

  const actions = createActions({
    saeol: saeolClientOf(config),
    desks: dutyDesks,
    gpkiAlarm,
    saeolAlarm,
    measure,
    consequencesMs: config.CONSEQUENCES_MS,
    closeBecause: () =>
      normality.declared ? 'the network was declared normal' : 'GPKI was verified to work again',
    evidence: () => [vantagePoint('situation-room', gpkiFromHere), vantagePoint('saeol', gpkiFromSaeol)],
    sabotaged,
    log,
    signal: stopping.signal,
  })

  function act(): void {
    if (stopping.signal.aborted) return
    // Once it is declared normal, nobody waits for the next alarm of GPKI.
    for (const alarm of normality.declared ? [saeolAlarm] : [gpkiAlarm, saeolAlarm]) assess(alarm, bell, log)
    assessBlindness(watched, bell, log)
    actions.follow()
  }

  const tell = (alarm: Alarm): void => assess(alarm, bell, log)
  const { signal } = stopping
  const procurement = watchProcurementOf(config, { settings, desks: dutyDesks, log, signal, assess: tell })
  const shift = createShift(config.measures.situationRoom, log)
  const probes = { config, room, sabotaged, log, watched, act, procurement, shift }
  const { probing, ...looks } = startProbing(probes)
  const normality = normalityOf(config, {
    ...looks,
    sabotaged,
    log,
    onDeclared: () => overrule(gpkiAlarm, bell, log),
  })

  async function stop(): Promise<void> {
    clearInterval(probing)
    stopping.abort(new Error('the room stops'))
    await Promise.all(desks.map((desk) => desk[Symbol.asyncDispose]()))
  }
  const app = createApp({
    log,
    health: healthRouter(checksOf(looks), config.SAEOL_TIMEOUT_MS, config, sabotaged),
    routers: routersOf({
      ...{ config, sabotaged, watched, procurement, desks, shift, normality },
      opening: () => actions.opening,
    }),
    deadlines: undefined,
  })
  return startService({ config, log, app, stop }).catch(async (error: unknown) => {
    await stop()
    throw error
  })
}

/** The duty officers' desks, once each is manned: a room is not open while its officers still take their seats. */
async function seatDesks(config: RoomConfig, reactionMs: number, log: Log): Promise<readonly Desk[]> {
  const desks = [config.DESK_1_FILE, config.DESK_2_FILE, config.DESK_3_FILE].map((file, at) =>
    startDesk({ number: at + 1, file, reactionMs, log }),
  )
  await Promise.all(desks.map(({ manned }) => manned))
  return desks
}

function saeolClientOf({ SAEOL_URL: url, OWN_TOKEN: token, SAEOL_TIMEOUT_MS: timeoutMs }: RoomConfig) {
  return createSaeolClient({ url, token, timeoutMs })
}

/** Watches the procurement system, where there is one. */
function watchProcurementOf(
  config: RoomConfig,
  parts: Pick<Parameters<typeof watchProcurement>[0], 'settings' | 'desks' | 'log' | 'signal' | 'assess'>,
): ProcurementWatch | undefined {
  const { PROCUREMENT_URL: url, OWN_TOKEN: token, measures } = config
  if (url === undefined) return undefined
  return watchProcurement({
    ...parts,
    url,
    token,
    probeTimeoutMs: config.PROBE_TIMEOUT_MS,
    orderTimeoutMs: config.SAEOL_TIMEOUT_MS,
    extension: measures.deadlineExtension,
  })
}

function normalityOf(
  { GPKI_URL: gpkiUrl, SAEOL_URL: saeolUrl, SAEOL_TIMEOUT_MS: timeoutMs, measures }: RoomConfig,
  parts: Looks & Pick<Parameters<typeof createNormality>[0], 'sabotaged' | 'log' | 'onDeclared'>,
): Normality {
  const segments = createSegments({ gpkiUrl, saeolUrl, timeoutMs, ...parts })
  return createNormality({ ...parts, segments, measure: measures.segmentTests })
}

type Bell = (alarm: string, change: 'raised' | 'cleared') => void

/** Rings at the desks from when an alarm is raised until it is acknowledged or cleared. */
function createBell(desks: DutyDesks, stopping: AbortSignal): Bell {
  const ringing = new Map<string, AbortController>()
  return (alarm, change) => {
    ringing.get(alarm)?.abort(new Error(`${alarm}: ${change}`))
    if (change === 'cleared') return
    const until = new AbortController()
    ringing.set(alarm, until)
    void desks.ring(alarm, AbortSignal.any([stopping, until.signal]))
  }
}

/** Ends an alarm because the network was declared normal. */
function overrule(alarm: Alarm, bell: Bell, log: Log): void {
  if (!alarm.overrule(Date.now())) return
  log.info({ event: 'alarm.overruled', alarm: alarm.name }, `${alarm.name}: declared normal`)
  bell(alarm.name, 'cleared')
}

function assess(alarm: Alarm, bell: Bell, log: Log): void {
  const change = alarm.assess(Date.now())
  if (change === undefined) return
  const record = alarm.history.at(-1)
  log.info({ event: `alarm.${change}`, alarm: alarm.name, since: record?.since }, `${alarm.name}: ${change}`)
  bell(alarm.name, change)
}

/** Events of its own: an alarm of a system is what `alarm.raised` tells. */
function assessBlindness({ blindness, saeolAlarm }: ReturnType<typeof watch>, bell: Bell, log: Log): void {
  // What a Saeol that does not answer cannot say of GPKI is told by its own alarm.
  const change = blindness.assess(Date.now(), saeolAlarm.raised !== undefined)
  if (change === undefined) return
  const { since } = blindness.history.at(-1)!
  log.warn({ event: `blindness.${change}`, since }, `this room's blindness: ${change}`)
  bell(blindness.name, change)
}

function routersOf(parts: {
  readonly config: RoomConfig
  readonly sabotaged: Sabotaged
  readonly shift: Shift
  readonly normality: Normality
  readonly watched: ReturnType<typeof watch>
  readonly procurement: ProcurementWatch | undefined
  readonly desks: readonly Desk[]
  readonly opening: () => unknown
}): Router[] {
  const { config, sabotaged, watched, procurement, desks, opening, shift, normality } = parts
  const watchers = requireToken(config.WATCH_TOKEN, 'this is for those who watch the room', sabotaged)
  return [
    statusRouter(watched, procurement, opening, watchers),
    desksRouter(desks, watchers),
    shiftRouter(shift, watchers),
    normalityRouter(normality, watchers),
  ]
}

/** `GET /status` · `GET /alarms` */
function statusRouter(
  watched: ReturnType<typeof watch>,
  procurement: ProcurementWatch | undefined,
  opening: () => unknown,
  watchers: RequestHandler,
): Router {
  const { gpkiFromHere, gpkiFromSaeol, saeolFromHere, gpkiAlarm, saeolAlarm, blindness } = watched
  const all = [gpkiAlarm, saeolAlarm, ...(procurement === undefined ? [] : [procurement.alarm])]
  const router = Router()
  router.get('/status', watchers, (_request, response) => {
    const alarms = all.map(({ name, raised = null, holdDownMs }) => [name, { alarm: raised, holdDownMs }])
    response.json({
      ...Object.fromEntries(alarms),
      blind: { alarm: blindness.raised ?? null },
      opening: opening() ?? null,
      vantagePoints: [
        { of: 'gpki', ...view(gpkiFromHere) },
        { of: 'gpki', ...view(gpkiFromSaeol) },
        { of: 'saeol', ...view(saeolFromHere) },
      ],
    })
  })
  router.get('/alarms', watchers, (_request, response) => {
    response.json({ alarms: all.flatMap(({ history }) => history) })
  })
  return router
}

function vantagePoint(name: VantagePoint['name'], { reds, lastRed }: Streak): VantagePoint {
  return { name, observedAt: lastRed?.at ?? 0, failures: reds, error: (lastRed?.error ?? '').slice(0, 500) }
}

function view({ name, reds, greens, blinds, last }: Streak) {
  return { name, reds, greens, blinds, last: last ?? null }
}
