/** What the situation room has raised. */
import type { InvariantReader } from '../../harness/index.ts'
import { mockWatchToken } from '../../services/situation-room/config.ts'
import { facts, type Topology, toldBy } from './read.ts'

interface Alarm {
  readonly name: string
  /** Epoch ms. */
  readonly raisedAt: number
}

export const alarmInvariants: Readonly<Record<string, InvariantReader>> = {
  'one outage of GPKI raises one alarm': async (topology, signal) => {
    const alarms = await alarmsOf<Alarm>(topology, signal)
    const ofGpki = alarms.filter(({ name }) => name === 'gpki')
    const [first] = ofGpki
    return facts(
      ofGpki,
      ofGpki.slice(1).map(({ raisedAt }) => `another one ${raisedAt - first!.raisedAt} ms after the first`),
      `${ofGpki.length} alarms of GPKI`,
    )
  },
}

/** The situation room's alarms. */
export async function alarmsOf<T>(topology: Topology, signal: AbortSignal): Promise<readonly T[]> {
  const asked = { service: 'situation-room', path: '/alarms', token: mockWatchToken }
  return (await toldBy<{ alarms: T[] }>(topology, asked, signal)).alarms
}
