import type { EventOf } from './events.ts'

/** One journey's observations, a column each; row i of every column is the same visit. */
export class Observations {
  size = 0
  /** Intended start, ms from the arm's start. */
  dueMs = new Float64Array(256)
  /** From the intended start to the outcome, ms. */
  tookMs = new Float64Array(256)
  ok = new Uint8Array(256)
  arrival = new Uint32Array(256)
  private outcomeIndex = new Uint16Array(256)
  private streamIndex = new Uint16Array(256)
  private readonly streamNames: string[] = []
  private readonly outcomeNames: string[] = []
  private readonly tookNames = new Map<number, string>()
  private readonly stepColumns = new Map<string, Float64Array>()

  add(event: EventOf<'observation'>, startedAt: number): void {
    if (this.size === this.dueMs.length) this.grow()
    const row = this.size++
    this.dueMs[row] = event.due - startedAt
    this.tookMs[row] = event.tookMs
    this.ok[row] = event.ok ? 1 : 0
    this.arrival[row] = event.n
    let outcome = this.outcomeNames.indexOf(event.outcome)
    if (outcome < 0) outcome = this.outcomeNames.push(event.outcome) - 1
    this.outcomeIndex[row] = outcome
    let stream = this.streamNames.indexOf(event.stream)
    if (stream < 0) stream = this.streamNames.push(event.stream) - 1
    this.streamIndex[row] = stream
    if (event.took !== undefined) this.tookNames.set(row, event.took)
    for (const name in event.steps) {
      let column = this.stepColumns.get(name)
      if (column === undefined) {
        column = new Float64Array(this.dueMs.length).fill(Number.NaN)
        this.stepColumns.set(name, column)
      }
      column[row] = event.steps[name]!
    }
  }

  outcome(row: number): string {
    return this.outcomeNames[this.outcomeIndex[row]!]!
  }

  /** What the user took home, by the name of its record; undefined where the journey did not say. */
  took(row: number): string | undefined {
    return this.tookNames.get(row)
  }

  /** The stream of arrivals the visit belongs to; with `arrival` it names the visit, alike in every arm. */
  stream(row: number): string {
    return this.streamNames[this.streamIndex[row]!]!
  }

  /** A step's own duration in ms; NaN where the visit did not come that far. */
  stepMs(step: string, row: number): number {
    return this.stepColumns.get(step)?.[row] ?? Number.NaN
  }

  private grow(): void {
    const length = this.dueMs.length * 2
    this.dueMs = enlarge(this.dueMs, new Float64Array(length))
    this.tookMs = enlarge(this.tookMs, new Float64Array(length))
    this.ok = enlarge(this.ok, new Uint8Array(length))
    this.arrival = enlarge(this.arrival, new Uint32Array(length))
    this.outcomeIndex = enlarge(this.outcomeIndex, new Uint16Array(length))
    this.streamIndex = enlarge(this.streamIndex, new Uint16Array(length))
    for (const [name, column] of this.stepColumns)
      this.stepColumns.set(name, enlarge(column, new Float64Array(length).fill(Number.NaN)))
  }
}

function enlarge<A extends Float64Array | Uint8Array | Uint16Array | Uint32Array>(from: A, to: A): A {
  to.set(from)
  return to
}
