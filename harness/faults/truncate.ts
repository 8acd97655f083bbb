import type { FaultSpec, FaultTimes, WrittenFault } from '../model/fault.ts'
import { linkOf, numberOf, numberProblem, onLink, toxicFault } from './on-link.ts'
import { type RoundTrip, roundTrip, tellTrip } from './probe.ts'

/** What a probe may ask with: Node.js takes no longer head of a request, and a shorter limit would cut every request. */
const leastBytes = 500
const mostBytesThere = 14_000
const mostBytesBack = 1_000_000

/** How much more than the limit the probe's large round trip carries, bytes. */
const beyondBytes = 1000

/** How long a probe waits, ms. */
const patienceMs = 700

/**
 * Each connection of the link breaks off once it has carried so many bytes: what is long arrives in part (F11).
 * @param options.way `there`: what the consumer sends, such as documents; `back`: what it is answered. Default `there`.
 * @example truncate('exchange-a→exchange-b', 8000)
 */
export function truncate(
  link: string,
  afterBytes: number,
  options: FaultTimes & { readonly way?: 'there' | 'back' } = {},
): WrittenFault {
  return onLink('truncate', link, options, { afterBytes, way: options.way ?? 'there' }, ['way'])
}

export const truncateKind = toxicFault({
  kind: 'truncate',
  summary: 'each connection of the link breaks off after so many bytes',
  // Which goes there or back; who can give one can take the other.
  needs: 'a long answer',
  problems: (spec) => [
    ...numberProblem(spec, 'afterBytes', {
      atLeast: leastBytes,
      atMost: isBack(spec) ? mostBytesBack : mostBytesThere,
    }),
    ...(['there', 'back'].includes(String(spec.params.way))
      ? []
      : [`fault '${spec.id}': way must be 'there' or 'back', not ${JSON.stringify(spec.params.way)}`]),
  ],
  toxics: (spec) => [
    {
      type: 'limit_data',
      stream: isBack(spec) ? 'downstream' : 'upstream',
      attributes: { bytes: numberOf(spec, 'afterBytes') },
    },
  ],
  /** Two round trips at once, so that what is dead is not taken for what is cut short: only the long one may break off. */
  look: async (spec, context) => {
    const link = linkOf(spec, context)
    const long = numberOf(spec, 'afterBytes') + beyondBytes
    const [short, cut] = await Promise.all([
      roundTrip(link, patienceMs, context.signal),
      roundTrip(
        link,
        patienceMs,
        context.signal,
        isBack(spec) ? { wantBytes: long } : { requestBytes: long },
      ),
    ])
    const what = isBack(spec) ? 'an answer' : 'a question'
    return {
      bites: short.answered && brokeOff(cut),
      said: `probe through ${link.name}: a short one ${tellTrip(short)}, ${what} of ${long} bytes ${tellTrip(cut)}`,
      clients: [short, cut].flatMap(({ client }) => client ?? []),
    }
  },
})

function isBack({ params }: FaultSpec): boolean {
  return params.way === 'back'
}

function brokeOff(trip: RoundTrip): boolean {
  return !trip.answered && trip.how !== 'silent' && trip.how !== 'refused'
}
