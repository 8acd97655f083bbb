import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { pad } from '../terminal/width.ts'
import type { Happening } from './arm-progress.ts'

/** `  3.02 s  situation-room  fallback.opened (by kim, lee)`. */
export function happeningLine(happening: Happening, paint: Paint): string {
  const who = oneLine(happening.who)
  const painted = happening.kind === 'fault' ? paint.red(who) : paint.cyan(who)
  const detail = happening.detail === '' ? '' : ` (${oneLine(happening.detail)})`
  const times = happening.times === undefined ? '' : ` ×${happening.times}`
  return stamped(happening.ms, `${painted}  ${oneLine(happening.what)}${times}${detail}`, paint)
}

/** A line with its time in its arm, left blank before the first act. */
export function stamped(ms: number | null, text: string, paint: Paint): string {
  const stamp = ms === null ? '' : `${(ms / 1000).toFixed(2)} s`
  return `  ${paint.dim(pad(stamp, 8, 'right'))}  ${text}`
}
