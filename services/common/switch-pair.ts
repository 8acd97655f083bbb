import type { StandbyL4Parameters } from '../measures/standby-l4.ts'
import { ConfigurationError } from './config.ts'
import type { Downstream } from './downstream.ts'
import { DownstreamError } from './downstream-error.ts'
import type { Log } from './log.ts'

/** Two switches that lead to the same servers, and which of them is in use. One process decides for itself. */
export interface SwitchPair {
  /** URL of the one in use. */
  url(): string
  /** The call over this one found it gone: refused or reset. Not for a silence: what stalls lies behind a switch. */
  failed(url: string): void
  worked(url: string): void
}

/**
 * @param options.standby `undefined` where there is none; then the first is always in use
 * @throws ConfigurationError when the measure is on and there is no second switch
 */
export function createSwitchPair(options: {
  readonly service: string
  readonly first: string
  readonly standby: string | undefined
  readonly measure: StandbyL4Parameters | undefined
  readonly log: Log
}): SwitchPair {
  const { first, standby, measure, log } = options
  if (measure !== undefined && standby === undefined)
    throw new ConfigurationError(options.service, [
      'GPKI_STANDBY_URL: MEASURE_STANDBY_L4 is on, so the URL of the second switch is needed',
    ])
  let inUse = first
  let failuresInRow = 0
  let changedAt = Number.NEGATIVE_INFINITY
  return {
    url: () => inUse,
    worked(url) {
      if (url === inUse) failuresInRow = 0
    },
    failed(url) {
      if (measure === undefined || standby === undefined || url !== inUse) return
      failuresInRow += 1
      if (failuresInRow < measure.failures || performance.now() < changedAt + measure.holdMs) return
      failuresInRow = 0
      changedAt = performance.now()
      inUse = url === first ? standby : first
      const now = inUse === first ? 'first' : 'standby'
      log.info({ event: 'l4.taken-over', inUse: now }, `the ${now} switch is in use: the other one is gone`)
    },
  }
}

/** Calls over the switch in use. */
export function throughPair(
  pair: SwitchPair,
  downstreams: ReadonlyMap<string, Downstream>,
): Pick<Downstream, 'call' | 'close'> {
  return {
    call: (request, budget) =>
      through(pair, isUnreachable, (url) => downstreams.get(url)!.call(request, budget)),
    close: async () => void (await Promise.all([...downstreams.values()].map((one) => one.close()))),
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof DownstreamError && error.kind === 'unreachable'
}

/**
 * One call over the switch in use, by any client.
 * @param tellsGone whether what the call threw means that the switch refused or reset it
 */
export async function through<T>(
  { url, failed, worked }: SwitchPair,
  tellsGone: (error: unknown) => boolean,
  call: (url: string) => Promise<T>,
): Promise<T> {
  const over = url()
  try {
    const answer = await call(over)
    worked(over)
    return answer
  } catch (error) {
    if (tellsGone(error)) failed(over)
    throw error
  }
}
