import { type Engine, filters } from './engine.ts'
import { label } from './labels.ts'

/** Tells of every service's container that ends, and of an engine that goes away. */
export interface EndWatch extends AsyncDisposable {
  /** Resolves once nothing that ends can be missed any more. */
  readonly watching: Promise<void>
}

/** Watches the containers of a topology by the engine's events. */
export function watchEnds(
  engine: Engine,
  topology: string,
  told: { ended(service: string, code: number): Promise<void>; engineLost(): void },
): EndWatch {
  const over = new AbortController()
  const query = filters({ type: ['container'], event: ['die'], label: [`${label.topology}=${topology}`] })
  const stream = engine.follow(`/events?${query}`, over.signal)
  const read = async (): Promise<void> => {
    try {
      let rest = ''
      for await (const chunk of (await stream).setEncoding('utf8')) {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop()!
        for (const line of lines) {
          const { Actor } = JSON.parse(line) as { Actor: { Attributes: Record<string, string> } }
          const service = Actor.Attributes[label.service]
          if (service !== undefined) void told.ended(service, Number(Actor.Attributes.exitCode))
        }
      }
    } catch {
      // Ended by us, or lost: told apart below.
    }
    if (!over.signal.aborted) told.engineLost()
  }
  const reading = read()
  return {
    watching: stream.then(() => {}),
    async [Symbol.asyncDispose]() {
      over.abort()
      await reading
    },
  }
}
