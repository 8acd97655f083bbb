import type { EvidenceEvent } from '@saeol-chaos/toxiproxy'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { Testimony, Witness, WitnessOptions } from './witness.ts'

const openWithinMs = 5000

/**
 * Listens to the embedded server's event stream.
 * @returns undefined where the server has none
 */
export async function eventsWitness({ url, signal, testify }: WitnessOptions): Promise<Witness | undefined> {
  const closing = new AbortController()
  const late = setTimeout(() => closing.abort(new Error('it did not answer')), openWithinMs)
  const response = await fetch(`${url}/events?event=bite&event=removed`, {
    signal: AbortSignal.any([signal, closing.signal]),
  }).finally(() => clearTimeout(late))
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel()
    return undefined
  }

  const listening = (async () => {
    const messages = response
      .body!.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())
    for await (const { event = '', data } of messages) {
      const testimony = understood(event, data)
      if (testimony !== undefined) testify(testimony)
    }
  })()
  const ended = () => {
    if (!closing.signal.aborted && !signal.aborted) testify({ said: 'missed', at: nowMs(), events: null })
  }
  const listened = listening.then(ended, ended)

  return {
    kind: 'events',
    ask: async () => {},
    async [Symbol.asyncDispose]() {
      closing.abort()
      await listened
    },
  }
}

function understood(name: string, data: string): Testimony | undefined {
  const said = JSON.parse(data)
  if (name === 'missed') return { said: 'missed', at: nowMs(), events: (said as { events: number }).events }
  const event = said as EvidenceEvent
  if (event.event === 'bite') {
    const { atMs: at, id, client, toxic, how } = event
    return { said: 'bit', at, proxy: id.slice(0, id.lastIndexOf('/')), toxic, connection: id, client, how }
  }
  if (event.event === 'removed') {
    const { proxy, name: toxic, type: _type, stream: _stream, ...totals } = event.toxic
    return { said: 'removed', at: event.atMs, proxy, toxic, totals }
  }
  return undefined
}

/** Epoch ms with the resolution of the performance clock. */
function nowMs(): number {
  return performance.timeOrigin + performance.now()
}
