import { HarnessError } from '../errors.ts'
import type { FaultSpec, FaultTimes, WrittenFault } from '../model/fault.ts'
import type { ServiceSwitch, System } from '../model/system.ts'
import { unknown } from '../near-miss.ts'
import type { FaultContext, FaultKind } from './fault.ts'
import { timed } from './on-link.ts'

/**
 * A defect of a service is switched on, by a switch that the system declares (`System.switches`): what an update that
 * went wrong would bring.
 * @example switchOn('gov24', 'crossed-answers')
 */
export function switchOn(service: string, name: string, times: FaultTimes = {}): WrittenFault {
  return { kind: 'switch', ...timed(`switch ${service} ${name}`, times), service, params: { switch: name } }
}

export const switchKind: FaultKind = {
  kind: 'switch',
  summary: 'a defect of a service that the system can switch on while it runs',
  needs: [],
  problems(spec, { switches = {} }) {
    const ofService = Object.keys(switches[spec.service!] ?? {})
    const name = nameOf(spec)
    return ofService.includes(name)
      ? []
      : [`fault '${spec.id}' names an ${unknown(`switch of ${spec.service}`, name, ofService)}`]
  },
  undoes: nameOf,
  inject: (spec, context) => set(spec, context, true),
  revert: (spec, context) => set(spec, context, false),
  probe: (spec, context) => switchOf(spec, context.topology.system).probe(context.topology, context.signal),
}

function nameOf({ params }: FaultSpec): string {
  return String(params.switch)
}

function switchOf(spec: FaultSpec, { switches }: Pick<System, 'switches'>): ServiceSwitch {
  const found = switches?.[spec.service!]?.[nameOf(spec)]
  if (found === undefined) throw new HarnessError(`${spec.service} has no switch '${nameOf(spec)}'`)
  return found
}

async function set(spec: FaultSpec, { topology, signal }: FaultContext, on: boolean): Promise<void> {
  // A revert after an interruption must still come through.
  const own = on ? signal : AbortSignal.timeout(5_000)
  await switchOf(spec, topology.system).set(topology, on, own)
}
