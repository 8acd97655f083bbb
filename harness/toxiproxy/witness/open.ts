import { HarnessError, messageOf } from '../../errors.ts'
import { eventsWitness } from './events.ts'
import { metricsWitness } from './metrics.ts'
import type { Witness, WitnessOptions } from './witness.ts'

/**
 * Listens to a Toxiproxy server by the best means it has: events, metrics, or none. The server itself is asked which, so
 * it does not matter who started it. A real one has metrics if it was started with `-proxy-metrics`.
 * @throws HarnessError when it cannot be asked
 */
export async function openWitness(options: WitnessOptions): Promise<Witness> {
  try {
    return (await eventsWitness(options)) ?? (await metricsWitness(options)) ?? silent()
  } catch (error) {
    options.signal.throwIfAborted()
    throw new HarnessError(
      `Toxiproxy at ${options.url} could not be asked what it can tell: ${messageOf(error)}`,
      {
        cause: error,
      },
    )
  }
}

function silent(): Witness {
  return { kind: 'none', ask: async () => {}, [Symbol.asyncDispose]: async () => {} }
}
