import { describe, expect, it } from 'vitest'

/**
 * A suite that needs something of the machine. Where that is missing, the suite is skipped and its name says why; where
 * a pipeline promises it (`promisedBy` is 1), its absence is a failure.
 * @example describeWith('a run with k6', { missing, promisedBy: 'CI_REQUIRE_K6' }, () => { … })
 */
export function describeWith(
  name: string,
  { missing, promisedBy }: { readonly missing: string | undefined; readonly promisedBy: string },
  suite: () => void,
): void {
  if (missing === undefined) describe(name, suite)
  else if (process.env[promisedBy] === '1')
    it(`${name}: has what it needs`, () => expect.fail(`${promisedBy}=1, but ${missing}`))
  else describe.skip(`${name} (skipped: ${missing})`, suite)
}
