import { randomBytes } from 'node:crypto'
import type { Log } from '../common/log.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { PasswordFallbackParameters } from '../measures/password-fallback.ts'
import type { VantagePoint } from '../saeol/fallback/openings.ts'
import { everyOffice, ledgerSystem } from '../saeol/ledger/outage-windows.ts'
import type { Alarm, AlarmRecord } from './alarm.ts'
import { createDeclarations } from './declarations.ts'
import type { DutyDesks } from './duty-desks.ts'
import type { OpeningAsked, OpeningSeen, SaeolClient } from './saeol-client.ts'

export interface Actions {
  readonly opening: OpeningSeen | undefined
  /** Brings Saeol into line with the alarms; one at a time, and again after a failure. */
  follow(): void
}

/**
 * What the room does about its alarms: it has the password login opened and closed, and the outage declared and
 * ended, each by duty officers.
 */
export function createActions(options: {
  readonly saeol: SaeolClient
  readonly desks: Pick<DutyDesks, 'sign'>
  /** GPKI does not verify. Opens the password login, if the measure is on. */
  readonly gpkiAlarm: Alarm
  /** Saeol itself does not serve. */
  readonly saeolAlarm: Alarm
  readonly measure: PasswordFallbackParameters | undefined
  /** How long after the recovery people may still be sent home because of the outage, in ms. */
  readonly consequencesMs: number
  /** Why the password login is closed, for the audit. */
  readonly closeBecause: () => string
  /** What the vantage points see of GPKI now. */
  readonly evidence: () => readonly VantagePoint[]
  readonly sabotaged: Sabotaged
  readonly log: Log
  readonly signal: AbortSignal
}): Actions {
  const { saeol, desks, gpkiAlarm, saeolAlarm, measure, sabotaged, log, signal } = options
  const declarations = createDeclarations({ saeol, desks, sabotaged, signal })
  let opening: OpeningSeen | undefined
  /** When the last opening ended, epoch ms. */
  let closedAt: number | undefined
  let adopted = false
  /** The last complaint of each kind that lasts: it is told once. */
  const complained = new Map<string, string>()

  async function openAndClose(settings: PasswordFallbackParameters): Promise<void> {
    if (opening !== undefined && opening.expiresAt <= Date.now()) ended(opening.expiresAt)
    if (gpkiAlarm.raised !== undefined && opening === undefined) await open(settings)
    if (gpkiAlarm.raised === undefined && opening !== undefined) await close(opening)
  }

  async function open(settings: PasswordFallbackParameters): Promise<void> {
    const vantagePoints = options.evidence().filter(({ failures }) => failures >= settings.consecutiveRed)
    if (vantagePoints.length < settings.vantagePoints) return
    const asked: OpeningAsked = {
      scope: { system: 'saeol', offices: [everyOffice] },
      expiresAt: Date.now() + settings.openForMs,
      reason: 'GPKI does not verify certificates',
      vantagePoints,
      nonce: randomBytes(24).toString('base64url'),
    }
    const approvals = await desks.sign({ action: 'open-fallback', ...asked }, 2, signal)
    // It may have recovered while they were signing.
    if (gpkiAlarm.raised !== undefined) opening = await saeol.open(asked, approvals)
  }

  async function close({ id }: OpeningSeen): Promise<void> {
    const asked = { opening: id, reason: options.closeBecause() }
    const approvals = await desks.sign({ action: 'close-fallback', ...asked }, 1, signal)
    await saeol.close(asked.opening, asked.reason, approvals)
    ended(Date.now())
  }

  function ended(at: number): void {
    opening = undefined
    closedAt = at
  }

  /**
   * An outage is over when its consequences are: the password login that was opened for it is closed, and whoever was
   * sent home meanwhile has left. Epoch ms; undefined while they last.
   */
  function overAt({ since, clearedAt }: AlarmRecord): number | undefined {
    if (clearedAt === undefined || opening !== undefined) return undefined
    const closed = closedAt !== undefined && closedAt >= since ? closedAt : clearedAt
    const at = sabotaged('outage-over-early')
      ? clearedAt - options.consequencesMs
      : Math.max(clearedAt, closed) + options.consequencesMs
    return at <= Date.now() ? at : undefined
  }

  /** One failing step must not keep the others from being taken. */
  async function attempt(what: string, step: () => Promise<void>): Promise<void> {
    try {
      await step()
      complained.delete(what)
    } catch (error) {
      if (signal.aborted) return
      const complaint = `${what}: ${(error as Error).message}`
      if (complaint !== complained.get(what)) log.warn({ event: 'action.failed', what }, complaint)
      complained.set(what, complaint)
    }
  }

  /** Takes up what an earlier room left open: nobody else will close it. */
  async function adopt(): Promise<void> {
    opening = await saeol.openingInForce()
    const outages = (await saeol.openOutages()).filter(
      ({ system, office }) => system === ledgerSystem && office === everyOffice,
    )
    const [first, second] = outages.map(({ from }) => from.getTime())
    for (const { from } of outages) declarations.adopt(from.getTime())
    const began = first ?? opening?.openedAt
    if (began !== undefined) gpkiAlarm.adopt(began, Date.now())
    if (second !== undefined) saeolAlarm.adopt(second, Date.now())
    adopted = true
  }

  async function followAlarmsOnce(): Promise<void> {
    if (!adopted) await attempt('earlier room', adopt)
    if (!adopted) return
    if (measure !== undefined) await attempt('password login', () => openAndClose(measure))
    for (const record of [...gpkiAlarm.history, ...saeolAlarm.history]) {
      await attempt('outage window', () => declarations.follow(record, overAt(record)))
    }
  }

  const followAlarms = oneAtATime(followAlarmsOnce)
  /** In a flight of its own: officers look at one office after the other, and the password login cannot wait for that. */
  const followOffices = oneAtATime(() => attempt('outage of an office', () => declarations.followCentres()))

  return {
    get opening() {
      return opening
    },
    follow() {
      followAlarms()
      if (adopted) followOffices()
    },
  }
}

/** Starts it, unless it is under way. */
function oneAtATime(step: () => Promise<void>): () => void {
  let underWay = false
  return () => {
    if (underWay) return
    underWay = true
    void step().finally(() => {
      underWay = false
    })
  }
}
