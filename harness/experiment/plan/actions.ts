import { actionKind, actionNames } from '../../actions/index.ts'
import { messageOf } from '../../errors.ts'
import type { ActionSpec, ActionTime, Happening, WrittenAction } from '../../model/action.ts'
import type { PlannedAct } from '../../model/acts.ts'
import type { FaultSpec, Moment } from '../../model/fault.ts'
import type { System } from '../../model/system.ts'
import { durationMs } from '../../model/units.ts'
import { unknown } from '../../near-miss.ts'
import type { Abilities } from './faults.ts'
import { momentOf } from './moments.ts'
import type { Story } from './story.ts'

/** Actions with their times; what is wrong with them is told. */
export function settleActions(
  story: Story,
  surroundings: {
    readonly system: System
    readonly faults: readonly FaultSpec[]
    readonly measures: readonly string[]
  },
  abilities: Abilities,
  problems: string[],
): ActionSpec[] {
  const settled = story.actions.flatMap(({ action, act }) => {
    const complain = (said: string): void => void problems.push(`action '${action.id}': ${said}`)
    for (const said of action.unread ?? []) complain(said)
    try {
      return [settle(action, act, story.acts)]
    } catch (error) {
      complain(messageOf(error))
      return []
    }
  })
  for (const spec of settled)
    for (const said of problemsOf(spec, settled, { ...surroundings, ...abilities, acts: story.acts }))
      problems.push(`action '${spec.id}': ${said}`)
  const ids = settled.map(({ id }) => id)
  for (const id of new Set(ids.filter((one, i) => ids.indexOf(one) !== i)))
    problems.push(
      `action '${id}' is there twice: give one of them a name of its own, as { id: '${id} again' }`,
    )
  return settled
}

/** @throws RangeError for an act that is not there, and for what is no duration */
function settle(
  { times: { at = 0, measure }, unread: _, ...rest }: WrittenAction,
  act: string | undefined,
  acts: readonly PlannedAct[],
): ActionSpec {
  return { ...rest, at: timeOf(at, act, acts), ...(measure !== undefined && { measure }) }
}

function timeOf(at: Moment | Happening, act: string | undefined, acts: readonly PlannedAct[]): ActionTime {
  if (typeof at !== 'object' || 'act' in at) return { ms: momentOf(at, act, acts).ms }
  const fromMs = momentOf(0, act, acts).ms
  const afterMs = durationMs(at.after ?? 0)
  return 'event' in at ? { event: at.event, fromMs, afterMs } : { action: at.action, fromMs, afterMs }
}

function problemsOf(
  spec: ActionSpec,
  all: readonly ActionSpec[],
  around: Abilities & {
    readonly system: System
    readonly faults: readonly FaultSpec[]
    readonly measures: readonly string[]
    readonly acts: readonly PlannedAct[]
  },
): string[] {
  const { system, measures, acts, capabilities, runtime } = around
  const kind = actionKind(spec.action, system)
  if (kind === undefined) return [unknown('action', spec.action, actionNames(system))]
  const [first] = acts
  const beginsMs = 'ms' in spec.at ? spec.at.ms : spec.at.fromMs
  return [
    ...kind.problems(spec, around),
    ...kind.needs
      .filter((need) => !capabilities.has(need))
      .map((need) => `it needs '${need}', which the runtime '${runtime}' cannot do`),
    ...(spec.measure !== undefined && !measures.includes(spec.measure)
      ? [`it belongs to ${unknown('measure', spec.measure, measures)}`]
      : []),
    ...(first !== undefined && beginsMs < first.toMs
      ? [`it is in the first act '${first.name}', in which nothing may be wrong and nobody does anything`]
      : []),
    ...waitingProblems(spec, all),
  ]
}

/** An action that is waited for must be there, and must not itself wait for this one. */
function waitingProblems(spec: ActionSpec, all: readonly ActionSpec[]): string[] {
  if (!('action' in spec.at)) return []
  const ids = all.map(({ id }) => id)
  if (!ids.includes(spec.at.action)) return [`it waits for ${unknown('action', spec.at.action, ids)}`]
  const path = [spec.id]
  for (let next: ActionSpec | undefined = spec; next !== undefined; ) {
    const { at }: ActionSpec = next
    if (!('action' in at)) return []
    if (path.includes(at.action)) return [`actions wait for each other: ${[...path, at.action].join(' ← ')}`]
    path.push(at.action)
    next = all.find(({ id }) => id === at.action)
  }
  return []
}
