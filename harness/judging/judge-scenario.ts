import { createHash } from 'node:crypto'
import { bareArm, gateArms, isExtra } from '../model/arms.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult, Credit, Effect, ScenarioResult } from '../model/result.ts'
import { count, firstOf, listed } from '../model/words.ts'
import { creditsOf, effectsBetween, type JudgedArm } from './effects.ts'
import { repeatOf } from './repeat.ts'
import { standsOn } from './server-evidence.ts'
import { brokenGuards, protectedThat } from './weigh.ts'

/** Judges a scenario from its arms. The worst wins: it holds only if all three arms came out as they must. Pure. */
export function judgeScenario(plan: Plan, judged: readonly JudgedArm[]): ScenarioResult {
  const arms = judged.map(({ result }) => result)
  const named = (name: ArmResult['arm']) =>
    judged.find(({ result }) => result.arm === name && result.voids.length === 0)
  const treated = named('treated')
  const untreated = named('untreated')
  const effects =
    treated === undefined || untreated === undefined ? [] : effectsBetween(plan, treated, untreated)
  const credits = creditsOf(plan, judged)
  return {
    scenario: plan.scenario,
    title: plan.title,
    ...(plan.definedAt !== undefined && { definedAt: plan.definedAt }),
    plan: digestOf(plan),
    facts: plan.facts,
    ...verdictOf(plan, arms, effects, credits),
    standsOn: standsOn(arms),
    effects,
    ...besideOf(plan, judged, untreated ?? named(bareArm)),
    credits,
    arms,
  }
}

/** Of arms that few runs have: what their measures do by themselves. @param without the arm that has none */
function besideOf(
  plan: Plan,
  judged: readonly JudgedArm[],
  without: JudgedArm | undefined,
): Pick<ScenarioResult, 'beside'> {
  const isBare = without?.result.arm === bareArm
  const others = judged.filter(
    ({ result: { arm, voids } }) =>
      arm !== bareArm && (isExtra(arm) || (isBare && arm === 'treated')) && voids.length === 0,
  )
  if (without === undefined || others.length === 0) return {}
  return { beside: others.flatMap((one) => effectsBetween(plan, one, without)) }
}

function verdictOf(
  plan: Plan,
  arms: readonly ArmResult[],
  effects: readonly Effect[],
  credits: readonly Credit[],
): Pick<ScenarioResult, 'verdict' | 'said' | 'repeat'> {
  const broken = arms.filter(
    (arm) => arm.verdict === 'deviates' && (arm.expected === 'holds' || brokenGuards(arm.checks).length > 0),
  )
  if (broken.length > 0)
    return { verdict: 'deviates', said: [...new Set(broken.map((arm) => arm.said))].join('; '), repeat: null }

  const untreated = arms.find((arm) => arm.arm === 'untreated')
  const vacuity = untreated === undefined || untreated.voids.length > 0 ? null : vacuityOf(plan, untreated)
  if (vacuity !== null) return { verdict: 'vacuous', said: vacuity, repeat: null }

  const missing = whatIsMissing(arms)
  const undecided = arms.filter(({ verdict }) => verdict === 'inconclusive')
  const unmatched = otherArrivals(effects)
  const open = [...missing, ...undecided.map(({ arm, said }) => `${arm}: ${said}`), ...unmatched]
  if (open.length > 0)
    return {
      verdict: 'inconclusive',
      said: open.join('; '),
      repeat: repeatOf(undecided, missing, unmatched),
    }
  return { verdict: 'holds', said: whoSavedWhom(plan, effects, credits), repeat: null }
}

/** Why the untreated arm shows that this gate cannot fail; `null` where it shows that it can. */
function vacuityOf(plan: Plan, untreated: ArmResult): string | null {
  const blind = protectedThat(untreated.checks, 'holds').map((c) => `'${c.check}'`)
  if (!plan.faultsOn || plan.faults.length === 0)
    return `no fault was injected, so nothing was put to the test${blind.length === 0 ? '' : `: without the measures too holds ${firstOf(blind)}`}`
  if (blind.length > 0)
    return `with the fault and without the measures it still holds, so it shows nothing: ${firstOf(blind)}`
  const seeing = untreated.checks.filter((c) => c.role === 'protected' && c.verdict !== 'not-applicable')
  return seeing.length === 0 ? 'no service level was put to the test in the untreated arm' : null
}

function whatIsMissing(arms: readonly ArmResult[]): string[] {
  const ran = gateArms.filter((name) => arms.some((arm) => arm.arm === name))
  if (ran.length === gateArms.length) return []
  if (ran.length === 0) return ['no arm ran']
  return [`only the ${ran.join(' and ')} arm${ran.length === 1 ? '' : 's'} ran`]
}

/** Arms are compared visit by visit: they must have had the same ones. */
function otherArrivals(effects: readonly Effect[]): string[] {
  return effects
    .filter(({ unmatched }) => unmatched > 0)
    .map(
      ({ journey, unmatched, without, with: treated }) =>
        `${count(unmatched, 'visit')} of ${journey} came in only one of the arms ${treated} and ${without}`,
    )
}

/** `password-fallback and manual-intake save 105 of 128 officials' visits [96 … 112] and lose none`. */
function whoSavedWhom(plan: Plan, effects: readonly Effect[], credits: readonly Credit[]): string {
  const known = credits.every(({ credit }) => credit !== null)
  const needed = credits.filter(({ credit }) => credit === 'needed').map(({ measure }) => measure)
  const on = plan.measures.map(({ name }) => name)
  const credited = known && needed.length > 0 ? needed : on
  const verb = credited.length === 1 ? ['saves', 'loses'] : ['save', 'lose']
  const parts = effects.map(
    ({ users, saved, lost, visits, interval }) =>
      `${saved} of ${visits} ${possessive(users)} visits [${Math.round(interval[0])} … ${Math.round(interval[1])}] and ${verb[1]} ${lost === 0 ? 'none' : lost}`,
  )
  return `${listed(credited)} ${verb[0]} ${parts.join('; ')}${creditWords(on, known, credits)}`
}

function possessive(users: string): string {
  return users.endsWith('s') ? `${users}’` : `${users}’s`
}

/** What is known of each measure by itself, behind the sentence. */
function creditWords(on: readonly string[], known: boolean, credits: readonly Credit[]): string {
  if (!known) return on.length > 1 ? ' (together: which of them is needed was not asked; --ablate tells)' : ''
  const idle = credits.filter(({ credit }) => credit === 'redundant').map(({ measure }) => measure)
  const harmful = credits.filter(({ credit }) => credit === 'harmful').map(({ measure }) => measure)
  return [
    ...(on.length > 1 && idle.length + harmful.length === 0 ? ['each of them is needed'] : []),
    ...(idle.length > 0 ? [`nothing misses ${listed(idle)}`] : []),
    ...(harmful.length > 0 ? [`users are lost by ${listed(harmful)}`] : []),
  ]
    .map((part) => `; ${part}`)
    .join('')
}

/** The same for the same plan, wherever its scenario is written. */
function digestOf({ definedAt: _, ...plan }: Plan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16)
}
