import type { JournalEvent } from '../../journal/events.ts'
import { readJournal } from '../../journal/reader.ts'
import { turnsOf } from '../../journal/turns.ts'
import type { Arm } from '../../model/arms.ts'
import type { Plan } from '../../model/plan.ts'

/** What happened in an arm beside its visits. Times are ms from its start. */
export interface Story {
  readonly plan: Plan
  readonly acts: readonly { readonly act: string; readonly fromMs: number; readonly toMs: number }[]
  readonly faults: readonly {
    readonly fault: string
    readonly fromMs: number
    readonly toMs: number | null
  }[]
  readonly marks: readonly Mark[]
}

export interface Mark {
  readonly ms: number
  readonly kind: 'event' | 'action'
  readonly who: string
  readonly what: string
}

type Growing = {
  -readonly [K in keyof Story]: Story[K] extends readonly (infer E)[]
    ? { -readonly [P in keyof E]: E[P] }[]
    : Story[K]
}

/** More of one kind in an arm say nothing new, and make the page long. */
const mostOfAKind = 12

/** By {@link storyKey}: every arm that began; of one that was repeated the last time. */
export type Stories = ReadonlyMap<string, Story>

export function storyKey(scenario: string, arm: Arm): string {
  return `${scenario} ${arm}`
}

/** @throws BadInput when the journal cannot be read */
export async function readStories(journal: string): Promise<Stories> {
  const plans = new Map<string, Plan>()
  const stories = new Map<string, Growing & { startedAt: number }>()
  const turns = turnsOf()
  await readJournal(journal, (event) => {
    const turn = turns.of(event)
    if (event.kind === 'scenario.started') plans.set(event.plan.scenario, event.plan)
    if (turn === null) return
    const key = storyKey(turn.scenario, turn.arm)
    const plan = event.kind === 'arm.started' ? plans.get(event.scenario) : undefined
    if (plan !== undefined) stories.set(key, { plan, acts: [], faults: [], marks: [], startedAt: event.at })
    const story = stories.get(key)
    if (story !== undefined) note(story, event)
  })
  return stories
}

function note(story: Growing & { startedAt: number }, event: JournalEvent): void {
  if (event.kind === 'act.started' && story.acts.length === 0) story.startedAt = event.at
  const ms = event.at - story.startedAt
  const mark = (kind: Mark['kind'], who: string, what: string): void => {
    const alike = story.marks.filter((one) => one.who === who && one.what === what)
    if (alike.length < mostOfAKind) story.marks.push({ ms, kind, who, what })
  }
  switch (event.kind) {
    case 'act.started':
      story.acts.push({ act: event.act, fromMs: ms, toMs: ms })
      break
    case 'act.ended': {
      const act = story.acts.findLast(({ act: name }) => name === event.act)
      if (act !== undefined) act.toMs = ms
      break
    }
    case 'fault.injected':
      story.faults.push({ fault: event.fault, fromMs: ms, toMs: null })
      break
    case 'fault.reverted': {
      const fault = story.faults.findLast(({ fault: id }) => id === event.fault)
      if (fault !== undefined) fault.toMs ??= ms
      break
    }
    case 'action.done':
      mark('action', 'operator', event.action)
      break
    case 'system':
      // Before the first act services come up; what they say then is no part of the story.
      if (story.acts.length > 0) mark('event', event.service, event.event)
  }
}
