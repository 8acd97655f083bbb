import type { TestContext } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** Why a run inside of this test was made a second time. */
    secondTries?: string[]
  }
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
}

/** The exit code of a run without a verdict: evidence is missing. */
const inconclusive = 2

/**
 * A run of the command line that is to come to a verdict. A busy host voids arms, rightly so, which says nothing of what
 * is tested here: such a run is made a second time. No third; and the reason of the first stands in the test's account.
 */
export async function decided<T extends Ended>(
  { task }: Pick<TestContext, 'task'>,
  run: () => Promise<T>,
): Promise<T> {
  const first = await run()
  if (first.code !== inconclusive) return first
  task.meta.secondTries = [...(task.meta.secondTries ?? []), reasonOf(first.stdout)]
  return run()
}

/** What voided the arms, as the console tells it. */
function reasonOf(stdout: string): string {
  const lines = stdout.split('\n').map((line) => line.trim())
  const said = lines.filter((line) => /^void: |\? inconclusive: /.test(line))
  return said.length === 0 ? 'inconclusive, without a reason' : [...new Set(said)].join('; ')
}
