import type { ArrivalStream } from '../model/arrivals.ts'
import type { LoadRun } from '../model/load.ts'
import { plannedStart } from './visits.ts'

/** What a driver in the harness knows of its streams on command: since when each is on. Times are epoch ms. */
export interface OnCommand {
  /** The arm has started. */
  started(at: number): void
  begin(stream: string, at: number): void
  end(stream: string): void
  /** @param at up to when `arrived` counts */
  state(stream: string, at: number, arrived: number): ReturnType<LoadRun['onCommand']>
}

export function onCommand(streams: readonly ArrivalStream[]): OnCommand {
  const since = new Map<string, number>()
  let startedAt: number | undefined
  return {
    started(at) {
      startedAt = at
    },
    begin(stream, at) {
      const planned = streams.find(({ id }) => id === stream)
      since.set(stream, (planned && plannedStart(planned, startedAt)) ?? at)
    },
    end: (stream) => void since.delete(stream),
    state(stream, at, arrived) {
      const from = since.get(stream)
      return {
        active: from !== undefined,
        activeMs: from === undefined ? 0 : Math.max(0, at - from),
        arrived,
      }
    },
  }
}
