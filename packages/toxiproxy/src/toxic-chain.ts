import { createRecord, type ToxicRecord } from './evidence.ts'
import type { Stream } from './stream.ts'
import type { Attributes, ToxicType } from './toxics/toxic.ts'

/** What of a toxic can be changed. */
export interface ToxicValues {
  /** The share of connections it applies to, from 0 to 1. */
  readonly toxicity: number
  readonly attributes: Attributes
}

/** A toxic to be added. */
export interface ToxicWanted extends ToxicValues {
  readonly type: ToxicType
  readonly name: string
  readonly stream: Stream
  /** The stream as the client spelt it, which is how it is shown. */
  readonly streamSpelt: string
}

/** A toxic as it is set on a proxy. */
export interface Toxic extends ToxicWanted {
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

/** The toxics of one proxy, in the order in which data meets them. */
export interface ToxicChain {
  list(): readonly Toxic[]
  /** Those that stand on a stream, whichever they are set on. */
  on(stream: Stream): readonly Toxic[]
  find(name: string): Toxic | undefined
  /** No other toxic of the chain may have its name. */
  add(wanted: ToxicWanted): Toxic
  update(toxic: Toxic, values: ToxicValues): Toxic
  remove(toxic: Toxic): void
  clear(): void
}

export function createToxicChain(listener: ToxicListener): ToxicChain {
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

  function remove(toxic: Toxic) {
    chains[toxic.stream].splice(chains[toxic.stream].indexOf(toxic), 1)
    standing = byStream()
    listener.removed(toxic)
  }

  return {
    list,
    on: (stream) => standing[stream],
    find: (name) => list().find((toxic) => toxic.name === name),

    add(wanted) {
      const toxic: Toxic = { ...wanted, progress: { matched: 0 }, past: createRecord() }
      chains[toxic.stream].push(toxic)
      standing = byStream()
      listener.added(toxic)
      return toxic
    },

    update(toxic, values) {
      Object.assign(toxic, values, { progress: { matched: 0 } })
      listener.updated(toxic)
      return toxic
    },

    remove,

    clear() {
      for (const toxic of list()) remove(toxic)
    },
  }
}

/** Works on both streams at once. */
export function onBoth({ type }: Pick<Toxic, 'type'>): boolean {
  return type.startAnswering !== undefined
}
