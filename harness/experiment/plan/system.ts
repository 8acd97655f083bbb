import type { ScenarioBody } from '../../model/scenario.ts'
import type { CommandService, NodeService } from '../../model/service.ts'
import type { System } from '../../model/system.ts'
import { unknown } from '../../near-miss.ts'
import { placeholdersIn } from '../../placeholders.ts'

/** Optional services that a scenario names and its system does not have. */
export function partProblems({ services = [] }: ScenarioBody, system: System): string[] {
  const optional = Object.keys(system.services).filter((name) => system.services[name]!.optional === true)
  return services
    .filter((name) => !optional.includes(name))
    .map((name) =>
      name in system.services
        ? `service '${name}' runs in every scenario: leave it out of 'services'`
        : `'services': ${unknown('service', name, optional)}`,
    )
}

/** Links that lead nowhere, or in a circle. */
export function systemProblems(system: System): string[] {
  const problems: string[] = []
  const services = Object.keys(system.services)
  for (const { name, from, to } of system.links)
    for (const end of [from, to])
      if (end !== null && !services.includes(end))
        problems.push(`link '${name}' leads to ${unknown('service', end, services)}`)
  for (const { name, to, port } of system.links) {
    const spec = system.services[to]
    const ports = spec?.kind === 'node' ? Object.keys(spec.ports) : []
    if (spec !== undefined && port !== undefined && !ports.includes(port))
      problems.push(`link '${name}' leads to ${unknown(`port of ${to}`, port, ports)}`)
  }
  const visit = (service: string, path: readonly string[]): void => {
    if (path.includes(service)) {
      problems.push(`links form a circle, so nothing can start first: ${[...path, service].join('→')}`)
      return
    }
    for (const link of system.links) if (link.from === service) visit(link.to, [...path, service])
  }
  if (problems.length === 0) for (const service of services) visit(service, [])
  return [...new Set(problems)].slice(0, 10)
}

/** Variables of services that there are not, or that the harness itself sets. */
export function environmentProblems({ environment = {} }: ScenarioBody, system: System): string[] {
  const named = Object.keys(system.services).filter((name) => system.services[name]!.kind !== 'postgres')
  return Object.entries(environment).flatMap(([service, variables]) => {
    const spec = system.services[service]
    if (spec === undefined || spec.kind === 'postgres')
      return [`'environment' sets variables of ${unknown('service', service, named)}`]
    const links = system.links
      .filter(({ from }) => from === service)
      .flatMap(({ variables }) => Object.keys(variables))
    const own = ['SERVICE_NAME', 'SEED', ...placeVariables(spec), ...links]
    return Object.keys(variables)
      .filter((variable) => own.includes(variable))
      .map((variable) => `'environment' sets ${variable} of '${service}', which the harness sets itself`)
  })
}

/** Variables that tell a service where it is. */
function placeVariables(spec: NodeService | CommandService): string[] {
  if (spec.kind === 'node') return ['HOST', ...Object.values(spec.ports)]
  const env = Object.entries(spec.env ?? {})
  return env.filter(([, value]) => placeholdersIn(String(value)).length > 0).map(([variable]) => variable)
}

/** Measures that the system does not have, with their parameters, and those that are left out. */
export function measureProblems(body: ScenarioBody, system: System, without: readonly string[]): string[] {
  const known = Object.keys(system.measures)
  const services = Object.keys(system.services)
  return [
    ...body.measures.flatMap(({ name, params }) => {
      const spec = system.measures[name]
      if (spec === undefined) return [unknown('measure', name, known)]
      const problems = spec.problems?.(params) ?? []
      if (problems.length > 0) return problems.map((said) => `measure '${name}': ${said}`)
      return Object.keys(spec.environment(params))
        .filter((service) => !services.includes(service))
        .map((service) => `measure '${name}' sets variables of ${unknown('service', service, services)}`)
    }),
    ...without
      .filter((name) => !known.includes(name))
      .map((name) => `--without: ${unknown('measure', name, known)}`),
  ]
}
