import type { PlannedAct } from '../../model/acts.ts'
import type { Moment } from '../../model/fault.ts'
import { durationMs, formatMs } from '../../model/units.ts'
import { unknown } from '../../near-miss.ts'

/**
 * A time of a story in ms from the arm's start, with the act that it counts from.
 * @throws RangeError for an act that is not there, and for what is no duration
 */
export function momentOf(
  moment: Moment,
  ownAct: string | undefined,
  acts: readonly PlannedAct[],
): { ms: number; act: PlannedAct } {
  const said = typeof moment === 'object' ? moment : { act: ownAct, after: moment }
  const names = acts.map(({ name }) => name)
  if (said.act === undefined)
    throw new RangeError(
      `it stands in no act: say in which it begins, as { from: { act: '${names[1] ?? names[0]}' } }`,
    )
  const act = acts.find(({ name }) => name === said.act)
  if (act === undefined) throw new RangeError(unknown('act', said.act, names))
  const ms = act.fromMs + durationMs(said.after ?? 0)
  if (ms > act.toMs)
    throw new RangeError(
      `${formatMs(ms - act.fromMs)} is after the end of its act '${act.name}', which lasts ${formatMs(act.toMs - act.fromMs)}; for a time in another act name that: { act: '…', after: '…' }`,
    )
  return { ms, act }
}
