/** k6's exit codes in words (its errext/exitcodes); 0 is not among them. */
const meanings: Readonly<Record<number, string>> = {
  97: 'a cloud run failed',
  98: 'the cloud gave no progress',
  99: 'thresholds were crossed',
  100: 'setup timed out',
  101: 'teardown timed out',
  102: 'a time-out',
  103: 'stopped over its REST API',
  104: 'its configuration is invalid',
  105: 'ended by a signal',
  106: 'its REST API could not start',
  107: 'the script threw an exception',
  108: 'the script aborted the test',
  109: 'a panic in its Go runtime',
  110: 'the script marked the test as failed',
}

/** `exit code 107: the script threw an exception`, or the signal that ended it. */
export function endInWords(code: number | null, signal: string | null): string {
  if (signal !== null) return signal
  const meaning = meanings[code ?? -1]
  return `exit code ${code}${meaning === undefined ? '' : `: ${meaning}`}`
}

/** Crossed thresholds are no failure of the generator: untreated arms are meant to cross them. */
export const thresholdsCrossed = 99
/** How k6 ends when it is asked to by SIGINT. */
export const endedBySignal = 105
