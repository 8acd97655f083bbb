import type { EventOf } from '../../journal/events.ts'
import type { Turn } from '../../journal/turns.ts'
import { attributes, type KeyValue } from './message.ts'
import { keptShare, samplingRule } from './sampling.ts'

/** Who tells: the run. */
export function resourceOfRun(run: EventOf<'run.started'>): KeyValue[] {
  return attributes({
    'service.name': 'saeol-chaos',
    'service.version': run.project,
    'service.instance.id': run.run,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': run.node,
    'os.type': run.host.platform === 'win32' ? 'windows' : run.host.platform,
    'chaos.run': run.run,
    'chaos.seed': run.seed,
    'chaos.runtime': run.runtime,
    'chaos.driver': run.driver,
    'chaos.toxiproxy': run.toxiproxy,
  })
}

/** Who tells: one attempt of an arm. Arms share the traces of their visits; `chaos.arm` tells them apart. */
export function resourceOfArm(run: EventOf<'run.started'>, { scenario, arm, attempt }: Turn): KeyValue[] {
  return [
    ...resourceOfRun(run),
    ...attributes({
      'chaos.scenario': scenario,
      'chaos.arm': arm,
      'chaos.attempt': BigInt(attempt),
      'chaos.sampling.rule': samplingRule,
      'chaos.sampling.ratio': keptShare,
    }),
  ]
}
