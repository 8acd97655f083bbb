import { armWith, bareArm } from '../model/arms.ts'
import type {
  Design,
  Interaction,
  MainEffect,
  MeasureSet,
  MeasureSets,
  OverSeeds,
} from '../model/measure-sets.ts'
import type { ArmResult, Effect, RunResult, ScenarioResult } from '../model/result.ts'
import { firstOf } from '../model/words.ts'
import { meanInterval } from '../stats/mean-interval.ts'

/** One set in one seed. */
interface Figures {
  readonly served: number
  readonly visits: number
  readonly saved: number
  readonly lost: number
  readonly p95Ms: number | null
}

/** One set with its figures by seed. */
interface Measured {
  readonly set: Omit<MeasureSet, 'dominatedBy'>
  readonly bySeed: ReadonlyMap<string, Figures>
}

/**
 * Compares sets of measures over several seeds. All arms of a seed have the same arrivals, so sets are compared within a
 * seed, and the unit of every interval is the run: visits of one run fail together. Pure.
 * @param runs one run a seed, of the arms of `armsOfSets`
 */
export function judgeMeasureSets(
  measures: readonly string[],
  {
    design,
    sets,
    runs,
  }: { design: Design; sets: readonly (readonly string[])[]; runs: readonly RunResult[] },
): MeasureSets {
  const scenarios = new Map(runs.map((run) => [run.seed, run.scenarios[0]!]))
  const measured = sets.map((on) => measure(measures, on, scenarios))
  const judged = measured.map((one) => ({ ...one.set, dominatedBy: dominatorOf(one, measured) }))
  const seeds = runs.map(({ seed }) => seed)
  const goodDay = goodDayOf([...scenarios.values()])
  const verdict = verdictOf(judged, seeds, goodDay)
  return {
    version: 1,
    scenario: [...scenarios.values()][0]?.scenario ?? '',
    seeds,
    design,
    sets: judged,
    ...(design === 'full' ? factorial(measures, measured) : { mainEffects: [], interactions: [] }),
    goodDay,
    ...verdict,
  }
}

function measure(
  all: readonly string[],
  on: readonly string[],
  scenarios: ReadonlyMap<string, ScenarioResult>,
): Measured {
  const arm = armWith(all, on)
  const bySeed = new Map<string, Figures>()
  const voids: Record<string, string> = {}
  const heldIn: string[] = []
  const breaks = new Set<string>()
  for (const [seed, scenario] of scenarios) {
    const result = scenario.arms.find((one) => one.arm === arm)
    const figures = result && figuresOf(scenario, result)
    if (result === undefined || figures === undefined) {
      voids[seed] = whyNot(scenario, result)
      continue
    }
    bySeed.set(seed, figures)
    const asked = result.checks.filter(
      ({ role, verdict }) => role !== 'mechanism' && verdict !== 'not-applicable',
    )
    const broken = asked.filter(({ verdict }) => verdict === 'deviates')
    if (asked.every(({ verdict }) => verdict === 'holds')) heldIn.push(seed)
    for (const { check } of broken) breaks.add(check)
  }
  const figures = [...bySeed.values()]
  const mean = (of: (one: Figures) => number) =>
    figures.length === 0 ? 0 : meanInterval(figures.map(of)).mean
  const times = figures.flatMap(({ p95Ms }) => (p95Ms === null ? [] : [p95Ms]))
  const set = {
    measures: on,
    arm,
    seeds: [...bySeed.keys()],
    voids,
    heldIn,
    breaks: [...breaks],
    served: figures.length === 0 ? null : meanInterval(figures.map(({ served }) => served)),
    visits: mean(({ visits }) => visits),
    saved: mean(({ saved }) => saved),
    lost: mean(({ lost }) => lost),
    p95Ms: times.length === 0 ? null : meanInterval(times),
  }
  return { set, bySeed }
}

/** Undefined where the arm or the one that it is compared with does not count. */
function figuresOf(scenario: ScenarioResult, result: ArmResult): Figures | undefined {
  const { arm } = result
  const effects = scenario.beside ?? []
  const own = effects.filter((effect) => effect.with === arm)
  const sum = (from: readonly Effect[], of: (effect: Effect) => number) =>
    from.reduce((total, effect) => total + of(effect), 0)
  const times = (journeys: readonly string[]) =>
    journeys.flatMap((journey) => result.journeys[journey]?.p95Ms ?? [])
  if (arm === bareArm) {
    // Beside any other arm the same visits are compared with it.
    const other = effects.find(({ without }) => without === arm)?.with
    const seen = effects.filter((effect) => effect.with === other)
    if (seen.length === 0) return undefined
    const served = sum(seen, ({ either, lost }) => either + lost)
    const p95 = times(seen.map(({ journey }) => journey))
    return { served, visits: sum(seen, ({ visits }) => visits), saved: 0, lost: 0, p95Ms: slowest(p95) }
  }
  if (own.length === 0) return undefined
  return {
    served: sum(own, ({ saved, either }) => saved + either),
    visits: sum(own, ({ visits }) => visits),
    saved: sum(own, ({ saved }) => saved),
    lost: sum(own, ({ lost }) => lost),
    p95Ms: slowest(times(own.map(({ journey }) => journey))),
  }
}

function slowest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.max(...times)
}

function whyNot(scenario: ScenarioResult, result: ArmResult | undefined): string {
  if (result === undefined) return 'its arm did not run'
  if (result.voids.length > 0) return firstOf(result.voids.map(({ said }) => said))
  const bare = scenario.arms.find((one) => one.arm === bareArm)
  const why = bare === undefined ? 'it did not run' : firstOf(bare.voids.map(({ said }) => said))
  return `the arm without measures, that it is compared with, is void: ${why}`
}

/**
 * A set that serves more, or is faster, by a difference within seeds whose 95 % interval excludes 0, and is no worse on
 * average in the other. The largest difference wins.
 */
function dominatorOf(one: Measured, all: readonly Measured[]): readonly string[] | null {
  const better = all.flatMap((other) => {
    const served = differenceOf(other, one, ({ served: n }) => n)
    const faster = differenceOf(one, other, ({ p95Ms }) => p95Ms)
    if (other === one || served === null) return []
    const [more, quicker] = [isSurelyMore(served), faster !== null && isSurelyMore(faster)]
    const dominates = (more && (faster === null || faster.mean >= 0)) || (quicker && served.mean >= 0)
    return dominates ? [{ measures: other.set.measures, by: served.mean }] : []
  })
  return better.toSorted((a, b) => b.by - a.by)[0]?.measures ?? null
}

/** Of one set less another, over the seeds that both have; null where they share none, or one says nothing. */
function differenceOf(
  one: Measured,
  other: Measured,
  of: (figures: Figures) => number | null,
): OverSeeds | null {
  const differences: number[] = []
  for (const [seed, figures] of one.bySeed) {
    const [a, b] = [of(figures), other.bySeed.has(seed) ? of(other.bySeed.get(seed)!) : null]
    if (a !== null && b !== null) differences.push(a - b)
  }
  return differences.length === 0 ? null : meanInterval(differences)
}

function isSurelyMore({ interval, mean }: OverSeeds): boolean {
  return mean > 0 && interval !== null && interval[0] > 0
}

/** Main effects and two-way interactions of a full factorial, by seed. */
function factorial(
  measures: readonly string[],
  measured: readonly Measured[],
): Pick<MeasureSets, 'mainEffects' | 'interactions'> {
  const seeds = [...(measured[0]?.bySeed.keys() ?? [])].filter((seed) =>
    measured.every(({ bySeed }) => bySeed.has(seed)),
  )
  if (seeds.length === 0) return { mainEffects: [], interactions: [] }
  /** Mean over all sets, each counted + where it has an even number of these measures off. */
  const contrast = (names: readonly string[]): OverSeeds =>
    meanInterval(
      seeds.map((seed) => {
        const sum = measured.reduce((total, { set, bySeed }) => {
          const off = names.filter((name) => !set.measures.includes(name)).length
          return total + (off % 2 === 0 ? 1 : -1) * bySeed.get(seed)!.served
        }, 0)
        return sum / (measured.length / 2 ** names.length)
      }),
    )
  const mainEffects = measures.map((name): MainEffect => ({ measure: name, visits: contrast([name]) }))
  const interactions = measures.flatMap((first, i) =>
    measures
      .slice(i + 1)
      .map((second): Interaction => ({ measures: [first, second], visits: contrast([first, second]) })),
  )
  return { mainEffects, interactions }
}

/** Whether everything holds with all measures and without the fault. */
function goodDayOf(scenarios: readonly ScenarioResult[]): boolean | null {
  const verdicts = scenarios.map(({ arms }) => arms.find(({ arm }) => arm === 'control')?.verdict)
  if (verdicts.includes('deviates')) return false
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === 'holds') ? true : null
}

function verdictOf(
  sets: readonly MeasureSet[],
  seeds: readonly string[],
  goodDay: boolean | null,
): Pick<MeasureSets, 'smallest' | 'said' | 'exitCode'> {
  const holding = sets.filter(({ heldIn }) => heldIn.length === seeds.length && seeds.length > 0)
  const size = Math.min(...holding.map(({ measures }) => measures.length))
  const smallest = holding.filter(({ measures }) => measures.length === size).map(({ measures }) => measures)
  const open = sets.filter(({ heldIn, breaks }) => heldIn.length < seeds.length && breaks.length === 0)
  const smallerOpen = open.filter(({ measures }) => measures.length < size)
  const harm = goodDay === false ? '; but all measures together do harm on a good day' : ''
  if (smallest.length > 0 && smallerOpen.length === 0 && goodDay !== null)
    return {
      smallest,
      said: `${wordsOf(smallest)} holds everything in every seed, and nothing smaller does${harm}`,
      exitCode: goodDay ? 0 : 1,
    }
  if (smallest.length === 0 && open.length === 0)
    return { smallest, said: 'no set of these measures holds everything in every seed', exitCode: 1 }
  const why =
    goodDay === null && open.length === 0
      ? 'the good day is'
      : `${wordsOf(open.map(({ measures }) => measures))} is`
  return { smallest, said: `undecided: ${why} not known in every seed`, exitCode: 2 }
}

/** `a + b, or c`. */
function wordsOf(sets: readonly (readonly string[])[]): string {
  return sets.map((measures) => measures.join(' + ') || 'no measure').join(', or ')
}
