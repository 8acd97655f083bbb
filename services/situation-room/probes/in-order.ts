/** Starts a probe at each call and hands the results on in the order in which the probes were started. */
export function inOrder<T>(probe: () => Promise<T>, take: (result: T) => void): () => void {
  let before: Promise<void> = Promise.resolve()
  return () => {
    const result = probe()
    before = before.then(async () => take(await result))
  }
}
