import { percent } from '../../checks/figures.ts'
import { formatMs } from '../../model/units.ts'
import { journeyWords } from '../journey-words.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { pad } from '../terminal/width.ts'
import type { ArmProgress } from './arm-progress.ts'
import { happeningLine, stamped } from './happening-line.ts'
import type { ArmStart, ArmWatch, Watch } from './watch.ts'

/**
 * Where lines stay, as in CI: one for each act, fault and system event, none left out.
 * @param nameColumns where several arms run side by side each line says which it is of, in so many columns; else 0
 */
export function plainWatch(print: (line: string) => void, paint: Paint, nameColumns: () => number): Watch {
  return {
    armStarted(start) {
      const columns = nameColumns()
      const prefix = columns === 0 ? '' : `${paint.dim(pad(`[${oneLine(start.name)}]`, columns))} `
      return plainArm(start, (line) => print(prefix + line), paint)
    },
    makeRoom() {},
    stop() {},
  }
}

function plainArm(start: ArmStart, print: (line: string) => void, paint: Paint): ArmWatch {
  let act: string | null = null

  /** A word on how each journey fared in the act that is over. */
  const closeAct = (): void => {
    const fared = act === null ? [] : faredIn(start.progress(), act)
    if (fared.length > 0) print(stamped(null, paint.dim(`in ${act}: ${fared.join(', ')}`), paint))
    act = null
  }

  const on =
    start.measures.length === 0 ? 'no measures' : `measures ${start.measures.map(oneLine).join(', ')}`
  print(`  ${paint.bold(start.progress().arm)}: ${start.faults ? 'faults' : 'no faults'}; ${on}`)

  return {
    ready(tookMs) {
      print(stamped(null, `network ready in ${formatMs(tookMs)}`, paint))
    },
    actStarted(started, ms) {
      closeAct()
      act = started
      print(stamped(ms, `${paint.bold(started)} begins`, paint))
    },
    happened(happening) {
      print(happeningLine(happening, paint))
    },
    busy(message) {
      closeAct()
      print(stamped(null, paint.dim(oneLine(message)), paint))
    },
    ended: closeAct,
  }
}

/** `officials 98.2 % of 112 served`, a phrase a journey. */
function faredIn({ plan, journeys }: ArmProgress, act: string): string[] {
  return journeys.flatMap(({ name, byAct }) => {
    const { ok, failed } = byAct.get(act) ?? { ok: 0, failed: 0 }
    const { users, successIs } = journeyWords(plan, name)
    return ok + failed === 0
      ? []
      : [oneLine(`${users} ${percent(ok / (ok + failed))} of ${ok + failed} ${successIs}`)]
  })
}
