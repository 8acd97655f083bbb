import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import { createSwitchPair } from '../common/switch-pair.ts'
import type { Room } from '../enrolment/room.ts'
import type { PasswordFallbackParameters } from '../measures/password-fallback.ts'
import { createAlarm } from './alarm.ts'
import { createBlindness } from './blindness.ts'
import type { RoomConfig } from './config.ts'
import { createGpkiProbe } from './probes/gpki-probe.ts'
import { inOrder } from './probes/in-order.ts'
import { createSaeolProbe } from './probes/saeol-probe.ts'
import type { ProcurementWatch } from './procurement-watch.ts'
import type { Shift } from './shift.ts'
import { createStreak } from './streak.ts'

/** Single looks, by the probes that go on all the time. */
export type Looks = Pick<ReturnType<typeof startProbing>, 'probeGpki' | 'probeSaeol'>

/** The room's own deep health: it is up if it can see. */
export function checksOf({ probeGpki, probeSaeol }: Looks) {
  return {
    gpki: async () => mustBeGreen(await probeGpki()),
    saeol: async () => mustBeGreen((await probeSaeol()).saeol),
  }
}

function mustBeGreen({ colour, error }: { readonly colour: string; readonly error: string }): void {
  if (colour !== 'green') throw new Error(error)
}

/** Probes for as long as the timer runs and somebody is there. @param parts.act after each reading */
export function startProbing(parts: {
  readonly config: RoomConfig
  readonly room: Room
  readonly sabotaged: Sabotaged
  readonly log: Log
  readonly watched: ReturnType<typeof watch>
  readonly act: () => void
  readonly procurement: ProcurementWatch | undefined
  readonly shift: Shift
}) {
  const { config, room, sabotaged, act, procurement, shift } = parts
  const { GPKI_URL: first, GPKI_STANDBY_URL: standby, SERVICE_NAME: service, measures } = config
  const { gpkiFromHere, gpkiFromSaeol, saeolFromHere } = parts.watched
  const probeGpki = createGpkiProbe({
    switches: createSwitchPair({ service, first, standby, measure: measures.standbyL4, log: parts.log }),
    identity: room.probe,
    token: config.OWN_TOKEN,
    timeoutMs: config.PROBE_TIMEOUT_MS,
    sabotaged,
  })
  const probeSaeol = createSaeolProbe({
    url: config.SAEOL_URL,
    healthToken: config.HEALTH_TOKEN,
    timeoutMs: config.SAEOL_TIMEOUT_MS,
  })
  const noteGpki = inOrder(probeGpki, (reading) => {
    gpkiFromHere.note(reading)
    act()
  })
  const noteSaeol = inOrder(probeSaeol, ({ gpki, saeol }) => {
    gpkiFromSaeol.note(gpki)
    saeolFromHere.note(saeol)
    act()
  })
  // At a fixed rate, so that slow probes do not make the next ones late: a fault is what makes them slow.
  const probing = setInterval(() => {
    if (!shift.manned) return
    noteGpki()
    noteSaeol()
    procurement?.look()
  }, config.PROBE_INTERVAL_MS)
  return { probeGpki, probeSaeol, probing }
}

/** What is watched, from where, and which alarm it raises. */
export function watch(settings: PasswordFallbackParameters, sabotaged: Sabotaged) {
  const gpkiFromHere = createStreak('situation-room')
  const gpkiFromSaeol = createStreak('saeol')
  const saeolFromHere = createStreak('situation-room')
  const startedAt = Date.now()
  return {
    gpkiFromHere,
    gpkiFromSaeol,
    saeolFromHere,
    gpkiAlarm: createAlarm({
      name: 'gpki',
      streaks: [gpkiFromHere, gpkiFromSaeol],
      settings,
      startedAt,
      sabotaged,
    }),
    saeolAlarm: createAlarm({ name: 'saeol', streaks: [saeolFromHere], settings, startedAt }),
    blindness: createBlindness([gpkiFromHere, gpkiFromSaeol, saeolFromHere], settings.consecutiveBlind),
  }
}
