import type { ArmRecord } from '../journal/record.ts'
import type { ActionEvidence } from '../model/result.ts'

/** What became of each action of the plan that came up in this arm, in the order of the plan. */
export function actionEvidence({ plan, actions }: ArmRecord): ActionEvidence[] {
  return plan.actions.flatMap(({ id }): ActionEvidence[] => {
    const own = actions.filter(({ action }) => action === id)
    const last = own.at(-1)
    if (last === undefined) return []
    const done = own.find(({ kind }) => kind === 'action.done')
    return [
      {
        action: id,
        doneAtMs: done?.ms ?? null,
        seen: last.kind === 'action.seen' ? last.seen : null,
        said: 'said' in last ? last.said : 'it was not looked at',
      },
    ]
  })
}
