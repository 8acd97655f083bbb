import {
  ApiError,
  badRequestBody,
  invalidStream,
  invalidToxicType,
  toxicExists,
  toxicNotFound,
} from './errors.ts'
import { createRecord, type ToxicRecord } from './evidence.ts'
import { readFields } from './json.ts'
import type { Stream } from './stream.ts'
import type { Attributes, ToxicType } from './toxics/toxic.ts'

/** A toxic as it is set on a proxy. */
export interface Toxic {
  readonly type: ToxicType
  readonly name: string
  readonly stream: Stream
  /** The stream as the client spelt it, which is how it is shown. */
  readonly streamSpelt: string
  toxicity: number
  attributes: Attributes
  /** @see Setting.progress */
  progress: { matched: number }
  /** What it did on connections that are over. */
  readonly past: ToxicRecord
}

export type ToxicTypes = ReadonlyMap<string, ToxicType>

/** What must follow when a toxic comes, changes or goes. */
export interface ToxicListener {
  added(toxic: Toxic): void
  updated(toxic: Toxic): void
  removed(toxic: Toxic): void
}

export type ToxicChange =
  | { readonly how: 'add'; readonly body: unknown }
  | { readonly how: 'update'; readonly name: string; readonly body: unknown }
  | { readonly how: 'remove'; readonly name: string }

/** The toxics of one proxy, in the order in which data meets them. */
export interface ToxicChain {
  list(): readonly Toxic[]
  /** Those that stand on a stream, whichever they are set on. */
  on(stream: Stream): readonly Toxic[]
  find(name: string): Toxic
  add(body: unknown): Toxic
  update(toxic: Toxic, body: unknown): Toxic
  remove(toxic: Toxic): void
  clear(): void
  /**
   * Checks changes, each as if those before it had been made.
   * @returns what makes them all; nothing has been changed yet
   * @throws ApiError when one of them cannot be made; `where` tells which
   */
  plan(changes: readonly ToxicChange[], where: (change: number) => string): () => void
}

const TOXIC_BODY = {
  name: 'string',
  type: 'string',
  stream: 'string',
  toxicity: 'float',
  attributes: 'object',
} as const
const UPDATE_BODY = { toxicity: 'float', attributes: 'object' } as const

export function createToxicChain(types: ToxicTypes, listener: ToxicListener): ToxicChain {
  const chains: Record<Stream, Toxic[]> = { upstream: [], downstream: [] }
  /** Each connection asks for them, and they seldom change. */
  let standing = byStream()

  function list(): Toxic[] {
    return [...chains.upstream, ...chains.downstream]
  }

  function byStream(): Readonly<Record<Stream, readonly Toxic[]>> {
    return {
      upstream: [...chains.upstream, ...chains.downstream.filter(onBoth)],
      downstream: [
        ...list().filter(onBoth).reverse(),
        ...chains.downstream.filter((toxic) => !onBoth(toxic)),
      ],
    }
  }

  function find(name: string, among: readonly Toxic[] = list()): Toxic {
    const toxic = among.find((candidate) => candidate.name === name)
    if (toxic === undefined) throw toxicNotFound()
    return toxic
  }

  function create(body: unknown, others: readonly Toxic[]): Toxic {
    const fields = readFields(body, TOXIC_BODY)
    const streamSpelt = fields.stream ?? 'downstream'
    const stream = streamSpelt.toLowerCase()
    if (stream !== 'upstream' && stream !== 'downstream') throw invalidStream()
    const type = types.get(fields.type ?? '')
    if (type === undefined) throw invalidToxicType()
    const name = fields.name || `${type.type}_${streamSpelt}`
    if (others.some((other) => other.name === name)) throw toxicExists()
    const attributes = completed(type, readFields(fields.attributes ?? null, type.attributes))
    const toxicity = fields.toxicity ?? 1
    return {
      type,
      name,
      stream,
      streamSpelt,
      toxicity,
      attributes,
      progress: { matched: 0 },
      past: createRecord(),
    }
  }

  function updated(
    { type, toxicity, attributes }: Toxic,
    body: unknown,
  ): Pick<Toxic, 'toxicity' | 'attributes'> {
    const fields = readFields(body, UPDATE_BODY)
    const changed = readFields(fields.attributes ?? null, type.attributes)
    return {
      toxicity: fields.toxicity ?? toxicity,
      attributes: completed(type, { ...attributes, ...changed }),
    }
  }

  function insert(toxic: Toxic) {
    chains[toxic.stream].push(toxic)
    standing = byStream()
    listener.added(toxic)
  }

  function set(toxic: Toxic, values: Pick<Toxic, 'toxicity' | 'attributes'>) {
    Object.assign(toxic, values, { progress: { matched: 0 } })
    listener.updated(toxic)
  }

  function remove(toxic: Toxic) {
    chains[toxic.stream].splice(chains[toxic.stream].indexOf(toxic), 1)
    standing = byStream()
    listener.removed(toxic)
  }

  /** Checks one change. `after` is what the list will be; the answer makes the change. */
  function prepare(change: ToxicChange, after: Toxic[]): () => void {
    if (change.how === 'add') {
      const toxic = create(change.body, after)
      after.push(toxic)
      return () => insert(toxic)
    }
    const toxic = find(change.name, after)
    if (change.how === 'remove') {
      after.splice(after.indexOf(toxic), 1)
      return () => remove(toxic)
    }
    updated(toxic, change.body)
    return () => set(toxic, updated(toxic, change.body))
  }

  return {
    list,
    on: (stream) => standing[stream],
    find,

    add(body) {
      const toxic = create(body, list())
      insert(toxic)
      return toxic
    },

    update(toxic, body) {
      set(toxic, updated(toxic, body))
      return toxic
    },

    remove,

    clear() {
      for (const toxic of list()) remove(toxic)
    },

    plan(changes, where) {
      const after = list()
      const steps = changes.map((change, index) => {
        try {
          return prepare(change, after)
        } catch (error) {
          throw error instanceof ApiError
            ? new ApiError(error.status, `${where(index)}: ${error.message}`)
            : error
        }
      })
      return () => {
        for (const step of steps) step()
      }
    },
  }
}

/** Works on both streams at once. */
export function onBoth({ type }: Toxic): boolean {
  return type.startAnswering !== undefined
}

function completed(type: ToxicType, given: Partial<Attributes>): Attributes {
  const attributes: Attributes = {}
  for (const [name, kind] of Object.entries(type.attributes)) {
    attributes[name] = given[name] ?? type.defaults?.[name] ?? (kind === 'string' ? '' : 0)
  }
  const wrong = type.refuse?.(attributes)
  if (wrong !== undefined) throw badRequestBody(wrong)
  return attributes
}
