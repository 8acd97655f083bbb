import type { FaultKind } from '../faults/fault.ts'
import { faultKind } from '../faults/index.ts'
import type { JournalEvent } from '../journal/events.ts'
import type { FaultSpec } from '../model/fault.ts'
import type { Topology } from '../model/topology.ts'
import { openWitness } from '../toxiproxy/witness/open.ts'
import type { Testimony, Witness } from '../toxiproxy/witness/witness.ts'

/**
 * Translates Toxiproxy's reports about proxies and toxics into the arm's faults and links.
 * @returns null for a toxic that belongs to no fault, such as one that somebody set by hand
 */
export function testimonyOf(
  faults: readonly FaultSpec[],
  topology: Pick<Topology, 'link'>,
  kindOf: (kind: string) => Pick<FaultKind, 'toxics'> | undefined = faultKind,
): (testimony: Testimony) => JournalEvent | null {
  const onItsLink = new Map<string, string>()
  const anywhere = new Map<string, string>()
  const linkOf = new Map<string, string>()
  for (const spec of faults) {
    if (spec.link === undefined) continue
    const { proxy } = topology.link(spec.link)
    linkOf.set(proxy, spec.link)
    for (const toxic of kindOf(spec.kind)?.toxics?.(spec) ?? []) {
      onItsLink.set(`${proxy}/${toxic}`, spec.id)
      if (toxic.includes(proxy)) anywhere.set(toxic, spec.id)
    }
  }
  const faultOf = (proxy: string, toxic: string): string | undefined =>
    onItsLink.get(`${proxy}/${toxic}`) ?? anywhere.get(toxic)

  return (testimony) => {
    const { at } = testimony
    switch (testimony.said) {
      case 'missed':
        return { kind: 'witness.missed', at, events: testimony.events }
      case 'carried': {
        const { proxy, when, streams } = testimony
        const link = linkOf.get(proxy)
        return link === undefined ? null : { kind: 'link.carried', at, link, when, streams }
      }
      case 'bit': {
        const { proxy, toxic, connection, client, how } = testimony
        const fault = faultOf(proxy, toxic)
        return fault === undefined ? null : { kind: 'toxic.bit', at, fault, toxic, connection, client, how }
      }
      case 'removed': {
        const { proxy, toxic, totals } = testimony
        const fault = faultOf(proxy, toxic)
        return fault === undefined ? null : { kind: 'toxic.removed', at, fault, toxic, totals }
      }
    }
  }
}

/** What listening to Toxiproxy needs of an arm. */
interface Listening {
  readonly faults: readonly FaultSpec[]
  readonly armSignal: AbortSignal
  /** Ends the arm. */
  readonly died: AbortController
  write(event: JournalEvent): void
}

/** Writes to the journal what Toxiproxy itself reports about the faults' toxics. */
export async function hear(
  topology: Topology,
  { faults, armSignal, died, write }: Listening,
): Promise<Witness> {
  const inTermsOfTheArm = testimonyOf(faults, topology)
  const witness = await openWitness({
    url: topology.toxiproxy.url,
    signal: armSignal,
    testify(testimony) {
      const event = inTermsOfTheArm(testimony)
      if (event === null) return
      try {
        write(event)
      } catch (error) {
        // This runs in a callback: nobody else would see that the journal cannot be written.
        died.abort(error)
      }
    },
  })
  write({ kind: 'witness.began', at: performance.timeOrigin + performance.now(), witness: witness.kind })
  return witness
}
