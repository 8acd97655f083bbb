import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import type { Log } from '../common/log.ts'
import { parseBody } from '../common/request.ts'
import type { SituationRoomParameters } from '../measures/situation-room.ts'

/** Whether anybody is in the room to look. */
export interface Shift {
  readonly dayShift: boolean
  readonly manned: boolean
  /** The day shift goes home (false), or comes in. */
  change(dayShift: boolean): void
}

/** @param nightShift takes over when the day shift goes home; undefined: nobody does */
export function createShift(nightShift: SituationRoomParameters | undefined, log: Log): Shift {
  let dayShift = true
  /** Epoch ms. */
  let leftAt = 0
  const takesOver = nightShift !== undefined
  return {
    get dayShift() {
      return dayShift
    },
    get manned() {
      return dayShift || (takesOver && Date.now() >= leftAt + nightShift.handoverMs)
    },
    change(comes) {
      dayShift = comes
      if (!comes) leftAt = Date.now()
      log.info(
        { event: comes ? 'day-shift.came' : 'day-shift.left', nightShift: takesOver },
        comes || takesOver ? 'somebody looks on' : 'nobody looks any more',
      )
    },
  }
}

const body = z.strictObject({ dayShift: z.boolean() })

/** `PATCH /shift`, `{"dayShift": false}`: the day shift goes home, or comes in. `GET /shift` says who is there. */
export function shiftRouter(shift: Shift, watchers: RequestHandler): Router {
  const router = Router()
  const said = () => ({ dayShift: shift.dayShift, manned: shift.manned })
  router.get('/shift', watchers, (_request, response) => {
    response.json(said())
  })
  router.patch('/shift', watchers, (request, response) => {
    shift.change(parseBody(body, request).dayShift)
    response.json(said())
  })
  return router
}
