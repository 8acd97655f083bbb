import type { FaultTimes } from '../model/fault.ts'
import type { FaultKind } from './fault.ts'
import { linkOf, look, onLink } from './on-link.ts'

/** The link is down: live connections end, new ones are refused (F2, F10, F13). Disables the proxy. */
export function cut(link: string, times: FaultTimes = {}) {
  return onLink('cut', link, times)
}

export const cutKind: FaultKind = {
  kind: 'cut',
  summary: 'connections end and new ones are refused',
  needs: ['links'],
  problems: () => [],
  inject: (spec, context) => context.topology.toxiproxy.setEnabled(linkOf(spec, context).proxy, false),
  revert: (spec, context) => context.topology.toxiproxy.setEnabled(linkOf(spec, context).proxy, true),
  probe: (spec, context) => {
    const { relayed } = linkOf(spec, context)
    return look(
      spec,
      context,
      (trip) => !trip.answered && (trip.how === 'refused' || (relayed === true && trip.how !== 'silent')),
    )
  },
}
