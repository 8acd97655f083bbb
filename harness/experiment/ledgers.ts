import { HarnessError, messageOf } from '../errors.ts'
import type { JournalEvent } from '../journal/events.ts'
import type { ArmSetup } from '../model/arms.ts'
import { invariantsOf } from '../model/check.ts'
import type { Plan } from '../model/plan.ts'
import type { System } from '../model/system.ts'
import type { Topology } from '../model/topology.ts'

/** Violations of an invariant that the journal spells out; it counts them all. */
const examples = 5

/**
 * Reads every invariant that a check of the plan asks for, past the links, and writes what was found.
 * @throws HarnessError naming the invariant that could not be read
 */
export async function readInvariants(
  { plan, system, setup }: { plan: Plan; system: System; setup: Pick<ArmSetup, 'measures'> },
  topology: Topology,
  signal: AbortSignal,
  write: (event: JournalEvent) => void,
): Promise<void> {
  const wanted = new Set(plan.checks.flatMap(invariantsOf))
  const read = async (name: string): Promise<void> => {
    try {
      const { checked, violations, said, ids } = await system.invariants[name]!(
        topology,
        signal,
        setup.measures,
      )
      write({
        kind: 'invariant',
        at: Date.now(),
        name,
        checked,
        violations: violations.length,
        examples: violations.slice(0, examples),
        said,
        ...(ids !== undefined && { ids: [...ids] }),
      })
    } catch (error) {
      signal.throwIfAborted()
      throw new HarnessError(`the invariant '${name}' could not be read: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }
  await Promise.all([...wanted].map(read))
}
