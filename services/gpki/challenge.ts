/** What an official signs to log in, and for whom. */
export interface Challenge {
  /** The system whom the official means to log in to; a signature for one is worth nothing to another. */
  readonly audience: string
  /** Chosen by that system, used once. */
  readonly nonce: string
}

/** The text that is signed: canonical JSON, and no other statement that the same key signs looks like it. */
export function challengeText({ audience, nonce }: Challenge): string {
  return JSON.stringify({ action: 'log-in', audience, nonce })
}
