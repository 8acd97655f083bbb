import type { FaultTimes } from '../model/fault.ts'
import { type Duration, durationMs } from '../model/units.ts'
import { numberOf, numberProblem, onLink, toxicFault } from './on-link.ts'

/** Every chunk on the way back comes `delay` (± `jitter`) late: the slowness that stayed after the L4 was replaced (T5). */
export function latency(link: string, delay: Duration, options: FaultTimes & { jitter?: Duration } = {}) {
  return onLink(
    'latency',
    link,
    options,
    {
      delayMs: durationMs(delay),
      jitterMs: durationMs(options.jitter ?? 0),
    },
    ['jitter'],
  )
}

/** Share of the smallest possible delay that a round trip must show: the rest is room for timers that fire early. */
const shown = 0.9

export const latencyKind = toxicFault({
  kind: 'latency',
  summary: 'answers come late by a delay, with jitter',
  problems: (spec) => [
    ...numberProblem(spec, 'delayMs', { above: 0 }),
    ...numberProblem(spec, 'jitterMs', { atLeast: 0 }),
    ...(numberOf(spec, 'jitterMs') >= numberOf(spec, 'delayMs')
      ? [`fault '${spec.id}': jitterMs must be smaller than delayMs, else it cannot be told from no delay`]
      : []),
  ],
  toxics: (spec) => [
    {
      type: 'latency',
      stream: 'downstream',
      attributes: { latency: numberOf(spec, 'delayMs'), jitter: numberOf(spec, 'jitterMs') },
    },
  ],
  bites: (trip, spec) =>
    trip.tookMs >= shown * (numberOf(spec, 'delayMs') - numberOf(spec, 'jitterMs')) &&
    (trip.answered || trip.how === 'silent'),
  probe: { patienceMs: (spec) => 600 + 2 * numberOf(spec, 'delayMs') },
})
