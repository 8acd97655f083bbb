import { randomBytes } from 'node:crypto'
import type { Supervision } from '../host/supervision.ts'
import type { UpOptions } from '../runtime.ts'
import type { ContainerSpec } from './container.ts'
import { type Engine, must } from './engine.ts'
import { label, topologyLabels } from './labels.ts'
import { reapTopology, tellKept } from './reap.ts'

/** The network of one topology. Disposing it removes whatever carries the topology's label. */
export interface TopologyNetwork extends AsyncDisposable {
  readonly topology: string
  readonly id: string
  /** What a service's container is called, and what it carries. */
  named(service: string): Pick<ContainerSpec, 'name' | 'labels' | 'network'>
  /** The same of a container that is no service. */
  beside(service: string, what: string): Pick<ContainerSpec, 'name' | 'labels'>
}

/** @throws HarnessError in the engine's words. */
export async function makeNetwork(
  engine: Engine,
  supervision: Supervision,
  options: Pick<UpOptions, 'logDir' | 'left'>,
): Promise<TopologyNetwork> {
  await using undo = new AsyncDisposableStack()
  const topology = randomBytes(4).toString('hex')
  const id = `saeol-chaos-${topology}`
  const labels = topologyLabels(topology, options.logDir)
  supervision.labelled({ engine: engine.address, topology })
  undo.defer(async () => {
    // By ourselves where the supervisor was killed: it has removed nothing.
    const kept = (await supervision.stopAll()) ?? (await reapTopology(engine, topology)).kept
    if (kept.length > 0) options.left?.(tellKept(kept))
  })
  await must(engine, 'make a network', 'POST', '/networks/create', {
    body: { Name: id, Driver: 'bridge', CheckDuplicate: true, Labels: labels },
  })
  const keep = undo.move()
  return {
    topology,
    id,
    named: (service) => ({
      name: `${id}-${service}`,
      labels: { ...labels, [label.service]: service },
      network: { id, alias: service },
    }),
    beside: (service, what) => ({
      name: `${id}-${service}-${what}-${randomBytes(2).toString('hex')}`,
      labels,
    }),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  }
}
