import { type JournalEvent, journalVersion } from '../../../harness/journal/events.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import { type ArmStory, epoch } from './arm-story.ts'
import { armEvents } from './journals.ts'

/** A whole run's journal, a story an arm. */
export function runEvents(
  plans: readonly { readonly plan: Plan; readonly arms: readonly ArmStory[] }[],
  ended: 'finished' | 'interrupted' | 'failed' | null = 'finished',
): JournalEvent[] {
  return [
    {
      kind: 'run.started',
      at: epoch - 2000,
      version: journalVersion,
      run: '20231117-084000-abcd',
      seed: 'november',
      project: '0.1.0',
      node: 'v24.0.0',
      host: { platform: 'linux', cpus: 2, memoryMiB: 4096 },
      runtime: 'processes',
      driver: 'builtin',
      toxiproxy: 'embedded',
    },
    ...plans.flatMap(({ plan, arms }): JournalEvent[] => [
      { kind: 'scenario.started', at: epoch - 1800, plan },
      ...arms.flatMap((story) => armEvents(plan, story)),
    ]),
    ...(ended === null ? [] : [{ kind: 'run.ended', at: epoch + 60_000, outcome: ended } as const]),
  ]
}
