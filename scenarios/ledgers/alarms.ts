/** What the situation room has raised. */
import type { InvariantReader } from '../../harness/index.ts'
import { mockWatchToken } from '../../services/situation-room/config.ts'
import { facts } from './read.ts'

interface Alarm {
  readonly name: string
  /** Epoch ms. */
  readonly raisedAt: number
}

export const alarmInvariants: Readonly<Record<string, InvariantReader>> = {
  'one outage of GPKI raises one alarm': async (topology, signal) => {
    const answer = await fetch(`${topology.direct('situation-room')}/alarms`, {
      signal,
      headers: { authorization: `Bearer ${mockWatchToken}` },
    })
    const { alarms } = (await answer.json()) as { alarms: Alarm[] }
    const ofGpki = alarms.filter(({ name }) => name === 'gpki')
    const [first] = ofGpki
    return facts(
      ofGpki,
      ofGpki.slice(1).map(({ raisedAt }) => `another one ${raisedAt - first!.raisedAt} ms after the first`),
      `${ofGpki.length} alarms of GPKI`,
    )
  },
}
