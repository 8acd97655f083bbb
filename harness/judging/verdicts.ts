import { exitCode } from '../errors.ts'
import type { RunResult, Verdict } from '../model/result.ts'

/** Best to worst. Vacuous is worse than inconclusive: a vacuous gate would stay green whatever happens. */
const severity: readonly Verdict[] = ['holds', 'inconclusive', 'vacuous', 'deviates']

/** The worst of several verdicts; `inconclusive` if there is none, because a run that judged nothing is not green. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'inconclusive'
  return verdicts.reduce((worst, verdict) =>
    severity.indexOf(verdict) > severity.indexOf(worst) ? verdict : worst,
  )
}

/**
 * A run's exit code: 130 if it was interrupted, else that of its worst part, 5 > 1 > 3 > 2 > 0.
 * @param verdict on the whole run; default: the worst of its scenarios
 */
export function exitCodeOf(
  run: Pick<RunResult, 'ending' | 'scenarios'>,
  verdict = worstVerdict(run.scenarios.map((scenario) => scenario.verdict)),
): number {
  if (run.ending === 'interrupted') return exitCode.interrupted
  const failed = run.scenarios.some((scenario) => scenario.arms.some((arm) => arm.ending === 'failed'))
  if (run.ending === 'failed' || failed) return exitCode.harnessError
  return exitCode[verdict]
}
