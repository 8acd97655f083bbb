import { type Alarm, type AlarmSettings, createAlarm } from './alarm.ts'
import { createExtensions } from './extensions.ts'
import { inOrder } from './probes/in-order.ts'
import { createProcurementProbe } from './probes/procurement-probe.ts'
import { createProcurementClient } from './procurement-client.ts'
import { createStreak } from './streak.ts'

/** The procurement system, watched where there is one. */
export interface ProcurementWatch {
  readonly alarm: Alarm
  /** Starts a probe. */
  look(): void
}

type ExtensionParts = Parameters<typeof createExtensions>[0]

/** @param options.assess what is done about the alarm after each reading, beside the orders */
export function watchProcurement(options: {
  readonly url: string
  /** What the room shows it. */
  readonly token: string
  readonly probeTimeoutMs: number
  readonly orderTimeoutMs: number
  readonly settings: AlarmSettings
  /** Of the measure; without it closing times stay as they are. */
  readonly extension: ExtensionParts['settings'] | undefined
  readonly desks: ExtensionParts['desks']
  readonly log: ExtensionParts['log']
  readonly signal: AbortSignal
  readonly assess: (alarm: Alarm) => void
}): ProcurementWatch {
  const { url, token, settings, extension, desks, log, signal, assess } = options
  const seen = createStreak('situation-room')
  const alarm = createAlarm({ name: 'procurement', streaks: [seen], settings, startedAt: Date.now() })
  const procurement = createProcurementClient({ url, token, timeoutMs: options.orderTimeoutMs })
  const orders = extension && createExtensions({ procurement, desks, settings: extension, log, signal })
  const look = inOrder(createProcurementProbe({ url, timeoutMs: options.probeTimeoutMs }), (reading) => {
    if (signal.aborted) return
    seen.note(reading)
    const { raised } = alarm
    assess(alarm)
    if (raised !== undefined && alarm.raised === undefined) {
      orders?.recovered(raised.since, seen.greenSince ?? reading.at)
    }
    orders?.follow(alarm.history)
  })
  return { alarm, look }
}
