import { percent } from '../../checks/figures.ts'
import type { PhaseName } from '../../model/acts.ts'
import { formatMs } from '../../model/units.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import type { ArmProgress } from './arm-progress.ts'
import { happeningLine, stamped } from './happening-line.ts'
import type { Watch } from './watch.ts'

/** How often one event of one service gets a line of its own in one phase; the rest are counted. */
const repeatsShown = 3

/** Where lines stay, as in CI: one for each phase, fault and system event. */
export function plainWatch(print: (line: string) => void, paint: Paint): Watch {
  const repeats = new Map<string, number>()
  let progress: (() => ArmProgress) | null = null
  let phase: PhaseName | null = null

  /** A word on what was left out, and on how each journey fared, in the phase that is over. */
  const closePhase = (): void => {
    for (const [event, n] of repeats)
      if (n > repeatsShown) print(stamped(null, paint.dim(`${event}  ${n - repeatsShown} more`), paint))
    repeats.clear()
    const fared = (progress?.().journeys ?? []).flatMap(({ name, byPhase }) => {
      const { ok, failed } = (phase && byPhase.get(phase)) ?? { ok: 0, failed: 0 }
      return ok + failed === 0 ? [] : [`${oneLine(name)} ${percent(ok / (ok + failed))} of ${ok + failed}`]
    })
    if (fared.length > 0) print(stamped(null, paint.dim(`success in ${phase}: ${fared.join(', ')}`), paint))
    phase = null
  }

  return {
    armStarted({ arm, measures, faults, progress: ofArm }) {
      progress = ofArm
      const on = measures.length === 0 ? 'no measures' : `measures ${measures.map(oneLine).join(', ')}`
      print(`  ${paint.bold(arm)}: ${faults ? 'faults' : 'no faults'}; ${on}`)
    },
    armReady(tookMs) {
      print(stamped(null, `network ready in ${formatMs(tookMs)}`, paint))
    },
    phaseStarted(started, ms) {
      closePhase()
      phase = started
      print(stamped(ms, `${paint.bold(started)} begins`, paint))
    },
    happened(happening) {
      const key = `${oneLine(happening.who)}  ${oneLine(happening.what)}`
      const n = (repeats.get(key) ?? 0) + 1
      repeats.set(key, n)
      if (happening.kind === 'fault' || n <= repeatsShown) print(happeningLine(happening, paint))
    },
    busy(message) {
      closePhase()
      print(stamped(null, paint.dim(oneLine(message)), paint))
    },
    armEnded() {
      closePhase()
      progress = null
    },
  }
}
