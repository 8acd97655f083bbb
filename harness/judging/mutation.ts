import { exitCode } from '../errors.ts'
import type { Arm } from '../model/arms.ts'
import type { CheckResult } from '../model/check.ts'
import type { MutantResult, MutationResult } from '../model/mutation.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../model/result.ts'

/** A mutant as it was run: {@link import('../experiment/mutants.ts').Mutant}, as far as judging needs it. */
interface Ran {
  readonly name: string
  readonly scenario: string
  readonly sabotages: readonly string[]
  readonly without: string | null
  readonly plan: Plan
}

/** Mutants that ran together, and what came of them. */
export interface MutationRound {
  readonly ran: readonly Ran[]
  readonly run: RunResult
}

/**
 * Who noticed what; a later round counts in place of an earlier one. A mutant is noticed when a check deviates with it that holds without it: for a measure that is off a
 * protected check, since what users get is what counts; for a sabotage each guard that names it, or any check where none
 * does.
 */
export function judgeMutation([first, ...later]: readonly [
  MutationRound,
  ...MutationRound[],
]): MutationResult {
  const mutants = later.reduce((before, round) => {
    const after = judgeRound(round)
    return before.map((one) => {
      const again = after.find(({ scenario, mutant }) => scenario === one.scenario && mutant === one.mutant)
      return again === undefined ? one : { ...again, again: whyAgain(one) }
    })
  }, judgeRound(first))
  const { ran, run } = first
  const plans = new Map(ran.map(({ scenario, plan }) => [scenario, plan]))
  const checks = [...plans].flatMap(([scenario, plan]) =>
    plan.checks.map(({ id, title, role }) => ({ scenario, id, title, role })),
  )
  const blindGuards = checks
    .filter(({ role }) => role === 'guard')
    .filter(({ scenario, id }) => {
      const naming = mutants.filter((m) => m.scenario === scenario && m.named.includes(id))
      return naming.length > 0 && naming.every((m) => m.verdict !== 'undecided' && !m.noticedBy.includes(id))
    })
    .map(({ scenario, id }) => `${scenario}: ${id}`)
  const idleMeasures = mutants
    .filter(({ kind, verdict }) => kind === 'measure' && verdict === 'unnoticed')
    .map(({ scenario, mutant }) => `${scenario}: ${mutant}`)
  const noticed = mutants.filter(({ verdict }) => verdict === 'noticed').length
  return {
    version: 1,
    run: run.run,
    seed: run.seed,
    tookMs: [first, ...later].reduce((sum, round) => sum + round.run.tookMs, 0),
    mutants,
    checks,
    score: { noticed, of: mutants.length },
    blindGuards,
    idleMeasures,
    exitCode: exitCodeOf((later.at(-1) ?? first).run, mutants, blindGuards),
  }
}

/**
 * Those that one more round may decide, each by itself: a sabotage beside it may have taken away what its guard had to
 * see, and what voids an arm comes of chance as often as not.
 */
export function worthAnotherRound({ mutants }: MutationResult): readonly MutantResult[] {
  return mutants.filter(
    ({ verdict, beside }) => verdict === 'undecided' || (verdict === 'unnoticed' && beside.length > 0),
  )
}

function whyAgain({ verdict, said }: MutantResult): string {
  return verdict === 'undecided' ? said : 'beside others nobody noticed it'
}

function judgeRound({ ran, run }: MutationRound): MutantResult[] {
  const resultOf = (mutant: Ran): ScenarioResult | undefined =>
    run.scenarios.find(({ scenario }) => scenario === mutant.plan.scenario)
  const isReference = ({ sabotages, without }: Ran): boolean => sabotages.length === 0 && without === null
  const references = new Map(ran.filter(isReference).map((one) => [one.scenario, resultOf(one)]))
  return ran
    .filter((one) => !isReference(one))
    .flatMap((one) => judgeMutant(one, resultOf(one), references.get(one.scenario)))
}

function exitCodeOf(run: RunResult, mutants: readonly MutantResult[], blind: readonly string[]): number {
  if (run.ending === 'interrupted') return exitCode.interrupted
  if (run.ending === 'failed') return exitCode.harnessError
  if (blind.length > 0 || mutants.some(({ verdict }) => verdict === 'unnoticed')) return exitCode.vacuous
  return mutants.some(({ verdict }) => verdict === 'undecided') ? exitCode.inconclusive : exitCode.holds
}

function judgeMutant(
  one: Ran,
  result: ScenarioResult | undefined,
  reference: ScenarioResult | undefined,
): MutantResult[] {
  const arms = result?.arms ?? []
  const voids = arms.flatMap((arm) => soundVoids(arm).map((said) => `${arm.arm}: ${said}`))
  const noticing = arms.flatMap((arm) => (soundVoids(arm).length > 0 ? [] : newlyDeviating(arm, reference)))
  const kind = one.without === null ? 'sabotage' : 'measure'
  const names = one.without === null ? one.sabotages : [one.without]
  return names.map((mutant): MutantResult => {
    const named = one.plan.checks.filter(({ sabotages }) => sabotages?.includes(mutant)).map(({ id }) => id)
    const counts = noticing
      .filter((check) => kind === 'sabotage' || check.role === 'protected')
      .map(({ id }) => id)
      .filter((id) => named.length === 0 || named.includes(id))
    const deciding = one.plan.checks.filter(({ id, role }) =>
      kind === 'measure' ? role === 'protected' : named.length === 0 || named.includes(id),
    )
    const ids = new Set(deciding.map(({ id }) => id))
    const doubts = [...voids, ...arms.flatMap((arm) => unsure(arm, ids)), ...doubtsOf(arms, reference, ids)]
    const verdict =
      counts.length > 0 ? 'noticed' : arms.length === 0 || doubts.length > 0 ? 'undecided' : 'unnoticed'
    return {
      scenario: one.scenario,
      mutant,
      kind,
      beside: names.filter((name) => name !== mutant),
      verdict,
      noticedBy: [...new Set(names.length === 1 ? noticing.map(({ id }) => id) : counts)],
      named,
      said: arms.length === 0 ? 'it did not run' : verdict === 'undecided' ? doubts.join('; ') : '',
    }
  })
}

/** What voids a mutant's arm. A sabotage may well show before the fault: a baseline that it spoils speaks for itself. */
function soundVoids({ voids }: ArmResult): readonly string[] {
  return voids.filter(({ kind }) => kind !== 'baseline').map(({ said }) => said)
}

/** Checks that could have noticed it, and could not tell: too few looked at, or too near to the threshold. */
function unsure({ arm, checks }: ArmResult, deciding: ReadonlySet<string>): string[] {
  return checks
    .filter(({ id, verdict }) => deciding.has(id) && verdict === 'inconclusive')
    .map(({ check, said }) => `${arm}: '${check}' could not tell: ${said}`)
}

/** Why an arm cannot be compared with the scenario as it is: that one did not run, is void, or does not hold itself. */
function doubtsOf(
  arms: readonly ArmResult[],
  reference: ScenarioResult | undefined,
  deciding: ReadonlySet<string>,
): string[] {
  return arms.flatMap(({ arm }) => {
    const before = comparedWith(arm, reference)
    if (before === undefined) return [`${arm}: the scenario as it is did not run`]
    const doubtful = before.checks.filter(
      ({ id, verdict }) => deciding.has(id) && verdict !== 'holds' && verdict !== 'not-applicable',
    )
    return [
      ...before.voids.map(({ said }) => `${arm}, as it is: ${said}`),
      ...doubtful.map(({ check, verdict }) => `${arm}, as it is: '${check}' ${verdict}`),
    ]
  })
}

/** The same arm of the scenario as it is, or treated. */
function comparedWith(arm: Arm, reference: ScenarioResult | undefined): ArmResult | undefined {
  return (
    reference?.arms.find((one) => one.arm === arm) ?? reference?.arms.find((one) => one.arm === 'treated')
  )
}

/** Checks that deviate in this arm, and hold or have nothing to look at in the same arm, or in treated, of the scenario as it is. */
function newlyDeviating(arm: ArmResult, reference: ScenarioResult | undefined): CheckResult[] {
  const before = comparedWith(arm.arm, reference)
  const held = new Set(
    before?.checks
      .filter(({ verdict }) => verdict === 'holds' || verdict === 'not-applicable')
      .map(({ id }) => id),
  )
  return arm.checks.filter(({ id, verdict }) => verdict === 'deviates' && held.has(id))
}
