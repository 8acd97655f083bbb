import { type Arm, ablationArms, gateArms, withoutArms } from '../model/arms.ts'
import type { Plan } from '../model/plan.ts'
import { mustKnow } from './options.ts'

/** Options of `run` that say which arms. */
interface Asked {
  readonly arm?: readonly Arm[]
  /** An arm without each measure, and one with it alone. */
  readonly ablate: boolean
  /** Of a story that also runs without each measure, the three arms alone. */
  readonly fast: boolean
}

type Arms = Pick<Plan, 'measures' | 'counterfactual'>

/** The arms that credit measures, beside the three. */
function creditedArms(plan: Arms, { ablate, fast, arm }: Asked): readonly Arm[] {
  if (ablate) return ablationArms(plan)
  return plan.counterfactual === true && !fast && arm === undefined ? withoutArms(plan) : []
}

/** The arms that were asked for. @throws BadInput where one leaves out a measure that the scenario does not have */
export function armsOf(plan: Arms, options: Asked): readonly Arm[] {
  const credited = creditedArms(plan, options)
  if (options.arm === undefined) return [...gateArms, ...credited]
  const known: Arm[] = [
    ...gateArms,
    ...plan.measures.flatMap(({ name }): Arm[] => [`without-${name}`, `only-${name}`]),
  ]
  mustKnow('arm', options.arm, known)
  return known.filter((arm) => options.arm!.includes(arm) || credited.includes(arm))
}
