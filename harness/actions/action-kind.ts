import type { ActionSighting, ActionSpec } from '../model/action.ts'
import type { FaultSpec } from '../model/fault.ts'
import type { System } from '../model/system.ts'
import type { Capability, Topology } from '../model/topology.ts'

/** What an action may use of the running arm. */
export interface ActionContext {
  readonly topology: Topology
  readonly signal: AbortSignal
  /** What actions of this arm keep from `do` to `seen`, by the action's id. */
  readonly memory: Map<string, unknown>
  readonly faults: {
    /** Ends a fault before its time, as a repair does. @throws Error where it is not on */
    end(id: string): Promise<void>
    /** Looks for it as its own probe does. */
    isGone(id: string): Promise<ActionSighting>
  }
}

/** What an action is checked against before anything starts. */
export interface ActionSurroundings {
  readonly system: System
  readonly faults: readonly FaultSpec[]
}

/** A kind of action: what an operator does, and how it is seen to have worked. */
export interface ActionKind {
  readonly name: string
  /** One line for `list`. */
  readonly summary: string
  /** What it needs of a runtime. */
  readonly needs: readonly Capability[]
  /** What is wrong with it, a sentence each; empty where nothing is. */
  problems(spec: ActionSpec, surroundings: ActionSurroundings): readonly string[]
  /** @throws Error with the reason where it cannot be done */
  do(spec: ActionSpec, context: ActionContext): Promise<void>
  seen(spec: ActionSpec, context: ActionContext): Promise<ActionSighting>
}
