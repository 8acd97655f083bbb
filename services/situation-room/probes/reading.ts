/**
 * What one probe saw: `green` it works · `red` it does not · `blind` it could not be seen, which speaks neither
 * for nor against it.
 */
export interface Reading {
  readonly colour: 'green' | 'red' | 'blind'
  /** Epoch ms when the probe was sent. */
  readonly at: number
  readonly tookMs: number
  /** What went wrong; empty when green. */
  readonly error: string
}
