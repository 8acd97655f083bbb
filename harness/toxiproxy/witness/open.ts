import { HarnessError, messageOf } from '../../errors.ts'
import { eventsWitness } from './events.ts'
import { metricsWitness } from './metrics.ts'
import type { Witness, WitnessOptions } from './witness.ts'

/**
 * Hears a Toxiproxy server out by the best means it has. Which these are is asked of the server itself, so that it does
 * not matter who started it: a real one has metrics when it was started with `-proxy-metrics`.
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
