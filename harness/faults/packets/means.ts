/** How the packets of a link are lost. */
export interface Means {
  /** In words, for the evidence. */
  readonly said: string
  /** Looks for what it needs; changes nothing. */
  prepare(): Promise<void>
  lose(): Promise<void>
  /** Safe to call in any state. */
  pass(): Promise<void>
}
