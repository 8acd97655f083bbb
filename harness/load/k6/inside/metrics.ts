import { Counter, Rate, Trend } from 'k6/metrics'
import type { Due, Sink } from '../../visits.ts'
import { type ScriptLoad, tagOf } from '../protocol.ts'

/** What is measured of visits under k6: each sample is tagged with journey, stream and act. */
const metrics = {
  started: new Counter('visits'),
  dropped: new Counter('visits_dropped'),
  ok: new Rate('visit_ok'),
  took: new Trend('visit_took', true),
  lag: new Trend('visit_lag', true),
  step: new Trend('visit_step', true),
}

/** Measures the visits of one VU. `started` is told the arm's start, epoch ms. */
export function measuring({ actEndsMs }: ScriptLoad): Sink & { started(at: number): void } {
  let startedAt = 0
  const tagsOf = ({ journey, stream, dueAt }: Due) => ({
    journey: tagOf(journey.name),
    stream: tagOf(stream.id),
    act: actOf(actEndsMs, dueAt - startedAt),
  })
  return {
    started(at) {
      startedAt = at
    },
    due(visit, dropped) {
      const tags = tagsOf(visit)
      metrics.lag.add(visit.lagMs, tags)
      metrics[dropped ? 'dropped' : 'started'].add(1, tags)
    },
    over(visit, { ok, tookMs, steps }) {
      const tags = tagsOf(visit)
      metrics.ok.add(ok, tags)
      metrics.took.add(tookMs, tags)
      for (const step in steps) metrics.step.add(steps[step]!, { ...tags, step: tagOf(step) })
    },
  }
}

function actOf(endsMs: ScriptLoad['actEndsMs'], ms: number): string {
  for (const act in endsMs) if (ms < endsMs[act]!) return act
  return 'after'
}
