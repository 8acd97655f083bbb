import { invalidStream, invalidToxicType, toxicExists, toxicNotFound } from './errors.ts'
import { createRecord, type ToxicRecord } from './evidence.ts'
import { readFields } from './json.ts'
import { toxicTypes } from './registry.ts'
import type { ToxicType } from './toxics/toxic.ts'

/** `upstream` is what the client sends, `downstream` what it receives. */
export type Stream = 'upstream' | 'downstream'
export const streams: readonly Stream[] = ['upstream', 'downstream']

/** A toxic as it is set on a proxy. */
export interface Toxic {
  readonly type: ToxicType
  readonly name: string
  readonly stream: Stream
  /** The stream as the client spelt it, which is how it is shown. */
  readonly streamSpelt: string
  toxicity: number
  attributes: Record<string, number>
  /** What it did on connections that are over. */
  readonly past: ToxicRecord
}

/** What must follow when a toxic comes, changes or goes. */
export interface ToxicListener {
  added(toxic: Toxic): void
  updated(toxic: Toxic): void
  removed(toxic: Toxic): void
}

/** The toxics of one proxy, in the order in which data meets them. */
export interface ToxicChain {
  list(): readonly Toxic[]
  on(stream: Stream): readonly Toxic[]
  find(name: string): Toxic
  add(body: unknown): Toxic
  update(toxic: Toxic, body: unknown): Toxic
  remove(toxic: Toxic): void
  clear(): void
}

const TOXIC_BODY = {
  name: 'string',
  type: 'string',
  stream: 'string',
  toxicity: 'float',
  attributes: 'object',
} as const

export function createToxicChain(listener: ToxicListener): ToxicChain {
  const chains: Record<Stream, Toxic[]> = { upstream: [], downstream: [] }

  const list = () => [...chains.upstream, ...chains.downstream]

  function find(name: string): Toxic {
    const toxic = list().find((candidate) => candidate.name === name)
    if (toxic === undefined) throw toxicNotFound()
    return toxic
  }

  function remove(toxic: Toxic) {
    chains[toxic.stream].splice(chains[toxic.stream].indexOf(toxic), 1)
    listener.removed(toxic)
  }

  return {
    list,
    on: (stream) => chains[stream],
    find,

    add(body) {
      const fields = readFields(body, TOXIC_BODY)
      const streamSpelt = fields.stream ?? 'downstream'
      const stream = streamSpelt.toLowerCase()
      if (stream !== 'upstream' && stream !== 'downstream') throw invalidStream()
      const type = toxicTypes.get(fields.type ?? '')
      if (type === undefined) throw invalidToxicType()
      const name = fields.name || `${type.type}_${streamSpelt}`
      if (list().some((other) => other.name === name)) throw toxicExists()
      const attributes: Record<string, number> = {}
      for (const attribute of Object.keys(type.attributes)) attributes[attribute] = 0
      Object.assign(attributes, readFields(fields.attributes ?? null, type.attributes))

      const toxic: Toxic = {
        type,
        name,
        stream,
        streamSpelt,
        toxicity: fields.toxicity ?? 1,
        attributes,
        past: createRecord(),
      }
      chains[stream].push(toxic)
      listener.added(toxic)
      return toxic
    },

    update(toxic, body) {
      const { toxicity, attributes } = readFields(body, { toxicity: 'float', attributes: 'object' })
      toxic.attributes = {
        ...toxic.attributes,
        ...(readFields(attributes ?? null, toxic.type.attributes) as Record<string, number>),
      }
      toxic.toxicity = toxicity ?? toxic.toxicity
      listener.updated(toxic)
      return toxic
    },

    remove,

    clear() {
      for (const toxic of list()) remove(toxic)
    },
  }
}
