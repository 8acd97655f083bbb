import type { World } from './world.ts'

/** One behaviour of the protocol. */
export interface Case {
  readonly name: string
  /** The row of docs/compatibility.md under which this server, unless strict, behaves otherwise. */
  readonly deviation?: string
  /** Gives the case a server that it may break. */
  readonly ownServer?: boolean
  run(world: World): Promise<void>
}

export interface Area {
  readonly area: string
  /** Why its cases cannot be run here. */
  readonly missing?: string
  readonly cases: readonly Case[]
}
