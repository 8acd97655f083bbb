import type { Fields } from '../../fields.ts'
import type { Random } from '../../random.ts'
import type { Stream } from '../../stream.ts'
import { type AttributeShape, defineToxic, type Memory, type ToxicType } from '../toxic.ts'
import type { RequestLine } from './dialects.ts'
import { createExchange, type Exchange } from './exchange.ts'
import type { Head } from './head.ts'
import { createRequestFlow, type Verdict } from './request-flow.ts'
import { createResponseFlow } from './response-flow.ts'

/** Which requests an HTTP toxic is for. Part of the attributes of each. */
export const MATCH = { path: 'string', method: 'string' } as const

interface HttpToxic<S extends AttributeShape>
  extends Pick<ToxicType<S>, 'type' | 'attributes' | 'defaults' | 'refuse'> {
  /**
   * What to do with a request that is meant.
   * @param ordinal how many were meant before it, on all connections since the toxic was last changed
   */
  judge(request: MeantRequest, attributes: Fields<S>, setting: { stream: Stream; random: Random }): Verdict
}

export interface MeantRequest extends RequestLine {
  readonly head: Head
  readonly ordinal: number
}

/**
 * A toxic that knows HTTP/1.1. It reads both streams of a connection, and leaves alone what is not HTTP and what is
 * not meant. Its toxicity is drawn for each request that is meant, not for the connection.
 */
export function defineHttpToxic<const S extends AttributeShape & typeof MATCH>(
  toxic: HttpToxic<S>,
): ToxicType {
  return defineToxic<S>({
    type: toxic.type,
    attributes: toxic.attributes,
    ...(toxic.defaults && { defaults: toxic.defaults }),
    ...(toxic.refuse && { refuse: toxic.refuse }),

    start(outlet, attributes, { toxicity, stream, progress }) {
      const { path, method } = attributes as Fields<typeof MATCH>
      return createRequestFlow(outlet, exchangeOf(outlet.memory), (line, head) => {
        if (!matches(line, path, method)) return { how: 'pass' }
        const ordinal = progress.matched++
        if (outlet.random() >= toxicity) return { how: 'pass' }
        return toxic.judge({ ...line, head, ordinal }, attributes, { stream, random: outlet.random })
      })
    },
    startAnswering: (outlet) => createResponseFlow(outlet, exchangeOf(outlet.memory)),
  })
}

function exchangeOf(memory: Memory): Exchange {
  memory.exchange ??= createExchange()
  return memory.exchange
}

/** @param path all of it, or its beginning with a `*` behind; empty for any */
function matches(line: RequestLine, path: string, method: string): boolean {
  if (method !== '' && method.toUpperCase() !== line.method) return false
  if (path.endsWith('*')) return line.path.startsWith(path.slice(0, -1))
  return path === '' || path === line.path
}
