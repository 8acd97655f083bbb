import type { System } from '../model/system.ts'
import type { ActionKind } from './action-kind.ts'
import { replaceKind } from './replace.ts'
import { restartInTurnKind } from './restart-in-turn.ts'

/** Actions of every system. A new one is one file, one line here and one row in the contract test. */
export const actionKinds: readonly ActionKind[] = [replaceKind, restartInTurnKind]

/** Names of all actions that a system's operators can take. */
export function actionNames({ actions = {} }: Pick<System, 'actions'>): string[] {
  return [...actionKinds.map(({ name }) => name), ...Object.keys(actions)]
}

/** The action of this name: of every system, or of this one. */
export function actionKind(name: string, { actions = {} }: Pick<System, 'actions'>): ActionKind | undefined {
  const known = actionKinds.find((kind) => kind.name === name)
  const own = actions[name]
  if (known !== undefined || own === undefined) return known
  return {
    name,
    summary: own.summary,
    needs: [],
    problems: ({ params }, { system }) => [
      ...(own.problems?.(params) ?? []),
      ...(own.services ?? [])
        .filter((service) => system.services[service] === undefined)
        .map((service) => `it needs '${service}', which is not up in this scenario`),
    ],
    do: ({ params }, { topology, signal }) => own.do(topology, params, signal),
    seen: ({ params }, { topology, signal }) => own.seen(topology, params, signal),
  }
}
