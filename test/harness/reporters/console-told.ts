/** What the console is told in its tests. */
import type { Arm } from '../../../harness/model/arms.ts'
import type { consoleReporter } from '../../../harness/reporters/console.ts'
import { gpkiStall } from './plans.ts'
import { type HookCall, runCalls } from './run-calls.ts'

export const epoch = 1_700_178_000_000

export async function tell(
  reporter: ReturnType<typeof consoleReporter>,
  calls: readonly HookCall[],
): Promise<void> {
  for (const call of calls) await call.tell(reporter)
}

/** The calls of all arms at the times at which they would come, were all begun at once. */
export function sideBySide(arms: readonly Arm[]): HookCall[] {
  const plans = [gpkiStall]
  const [start] = runCalls({ plans, arms, epoch, parallel: arms.length })
  const calls = arms.flatMap((arm) => runCalls({ plans, arms: [arm], epoch }).slice(1, -2))
  return [start!, ...calls.toSorted((a, b) => a.atMs - b.atMs)]
}
