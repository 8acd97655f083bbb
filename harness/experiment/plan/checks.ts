import { checkKind } from '../../checks/index.ts'
import { windowProblems } from '../../checks/window.ts'
import { type CheckSpec, invariantsOf, type Window } from '../../model/check.ts'
import type { FaultSpec } from '../../model/fault.ts'
import type { System } from '../../model/system.ts'
import { unknown } from '../../near-miss.ts'
import type { Story } from './story.ts'

/** @param journeys names of those that run */
export function checkProblems(
  { acts, checks }: Story,
  system: System,
  journeys: readonly string[],
  measures: readonly string[],
  faults: readonly FaultSpec[],
): string[] {
  const problems: string[] = []
  const titles = new Set<string>()
  const ids = new Set<string>()
  if (checks.length === 0) problems.push('the hypothesis is empty: nothing would be checked')
  else if (!checks.some(({ check }) => check.role === 'protected'))
    problems.push('no check is protected: nothing says what users must get, so the gate could never fail')
  for (const { check: spec, act } of checks) {
    problems.push(...(checkKind(spec.kind)?.problems(spec) ?? [`unknown check '${spec.kind}'`]))
    for (const said of spec.unread ?? []) problems.push(`check '${spec.title}': ${said}`)
    for (const journey of spec.journeys)
      if (!journeys.includes(journey))
        problems.push(`check '${spec.title}' reads journey '${journey}', which does not run in this scenario`)
    problems.push(
      ...invariantProblems(spec, system),
      ...whereProblems(spec, measures),
      ...faultProblems(spec, faults),
      ...windowProblems(spec, acts),
      ...placeProblems(spec, act),
    )
    if (titles.has(spec.title)) problems.push(`check '${spec.title}' is there twice`)
    else if (ids.has(spec.id))
      problems.push(
        `check '${spec.title}' has the id '${spec.id}', which another has: give it an id of its own`,
      )
    titles.add(spec.title)
    ids.add(spec.id)
  }
  return problems
}

/** Invariants that a check reads and its system does not have. */
function invariantProblems(spec: CheckSpec, { invariants }: System): string[] {
  const known = Object.keys(invariants)
  return invariantsOf(spec)
    .filter((name) => !known.includes(name))
    .map((name) => `check '${spec.title}' reads ${unknown('invariant', name, known)}`)
}

/** Measures that a check speaks of and its scenario does not have. */
function whereProblems(spec: CheckSpec, used: readonly string[]): string[] {
  return [spec.where?.measure, spec.minimumWhere?.measure]
    .filter((name) => name !== undefined && !used.includes(name))
    .map((name) => `check '${spec.title}' speaks of ${unknown('measure', name!, used)}`)
}

/** A fault that a check is about and its scenario does not have. */
function faultProblems({ title, params }: CheckSpec, faults: readonly FaultSpec[]): string[] {
  const { fault } = params as { fault?: string }
  const ids = faults.map(({ id }) => id)
  return fault === undefined || ids.includes(fault)
    ? []
    : [`check '${title}' is about ${unknown('fault', fault, ids)}`]
}

/** A check that is written in an act looks at that act. */
function placeProblems({ title, params }: CheckSpec, act: string | undefined): string[] {
  if (act === undefined) return []
  const during = (params.window as Window | undefined)?.during
  if (during === undefined)
    return [
      `check '${title}' is about the whole arm: write it in the scenario's hypothesis, not in act '${act}'`,
    ]
  const named = [during].flat()
  return named.includes(act)
    ? []
    : [`check '${title}' is written in act '${act}' and looks at '${named.join("' to '")}'`]
}
