import { entranceVariable } from '../load/k6/script.ts'
import { listens } from '../model/service.ts'
import type { Topology } from '../model/topology.ts'

/** A running network for a person: where each service and each link is, and how to poke it. */
export function describeTopology(topology: Topology): string {
  const { system, toxiproxy } = topology
  const width = Math.max(
    ...system.links.map(({ name }) => name.length),
    ...Object.keys(system.services).map((name) => name.length),
  )
  const row = (name: string, rest: string): string => `  ${name.padEnd(width)}  ${rest}`
  const entrances = system.links.filter(({ from }) => from === null)
  const inner = system.links.filter(({ from }) => from !== null)
  const example = inner[0] ?? entrances[0]
  return [
    'Entrances (as users come in):',
    ...entrances.map(({ name }) => row(name, topology.link(name).url)),
    `  for a script of 'k6': ${entrances.map(({ name }) => `-e ${entranceVariable(name)}=${topology.link(name).url}`).join(' ')}`,
    'Links (each a proxy in Toxiproxy):',
    ...inner.map(({ name }) => row(name, `${topology.link(name).url}  ${topology.link(name).proxy}`)),
    'Services (past their links):',
    ...Object.entries(system.services).map(([name, spec]) =>
      row(name, listens(spec) ? topology.direct(name) : 'listens nowhere'),
    ),
    `Toxiproxy: ${toxiproxy.url}`,
    ...(example === undefined
      ? []
      : [
          `  curl -X POST ${toxiproxy.url}/proxies/${topology.link(example.name).proxy}/toxics -d '{"type":"timeout","attributes":{"timeout":0}}'`,
          `  curl -X POST ${toxiproxy.url}/reset`,
        ]),
  ].join('\n')
}
