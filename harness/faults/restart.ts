import type { FaultTimes } from '../model/fault.ts'
import { type FaultContext, type FaultKind, kept } from './fault.ts'
import { controlOf, onService } from './on-service.ts'

/**
 * A service is asked to end and started again, as operators did on 22 November, one server after the other (T10). It is
 * away for as long as it takes to end and to start.
 */
export function restart(service: string, times: FaultTimes = {}) {
  return onService('restart', service, times)
}

/** By fault: which life of its service was running before. Another life afterwards is the evidence of a restart. */
function livesBefore({ memory }: FaultContext): Map<string, string | undefined> {
  return kept(memory, 'restart/lives', () => new Map())
}

export const restartKind: FaultKind = {
  kind: 'restart',
  summary: 'a service is asked to end and started again at once',
  needs: ['kill'],
  problems: () => [],
  async inject(spec, context) {
    const control = controlOf(context)
    livesBefore(context).set(spec.id, await control.life(spec.service!))
    await control.stop(spec.service!)
    await control.start(spec.service!)
  },
  async revert(spec, context) {
    livesBefore(context).delete(spec.id)
    await controlOf(context).start(spec.service!)
  },
  async probe(spec, context) {
    const before = livesBefore(context).get(spec.id)
    const now = await controlOf(context).life(spec.service!)
    if (before === undefined) return { bites: false, said: `${spec.service} runs: ${now ?? 'it does not'}` }
    return { bites: now !== undefined && now !== before, said: `${before} before, ${now ?? 'none'} now` }
  },
}
