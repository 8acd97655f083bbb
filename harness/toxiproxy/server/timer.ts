export type Cancel = () => void

/** Calls `run` once `delayMs` have passed (fractions count). */
export function after(delayMs: number, run: () => void): Cancel {
  const timer = setTimeout(run, delayMs)
  return () => clearTimeout(timer)
}
