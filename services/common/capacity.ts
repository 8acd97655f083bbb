import { setTimeout as sleep } from 'node:timers/promises'
import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import { createSheddingQueue, type LoadSheddingParameters } from '../measures/load-shedding.ts'
import { createBehindLiveQueue, type RetroactiveEntryParameters } from '../measures/retroactive-entry.ts'
import {
  type AcceptQueue,
  createFifoQueue,
  type Importance,
  type Occupancy,
  type Waiting,
} from './accept-queue.ts'
import { budget } from './budget.ts'
import { integer } from './config.ts'
import { Problem, sendProblem } from './problem.ts'
import { createRandom } from './random.ts'

/** One row of a service's capacity table. */
export interface WorkClass {
  /** Mean of the service's own work, in ms; what it waits for downstream comes on top. */
  readonly serviceTimeMs: number
  readonly importance: Importance
}

export type CapacityTable<C extends string> = {
  /** Requests in hand at once: each holds a slot for its whole handling, downstream waits included. */
  readonly slots: number
  /** Requests that may wait for a slot. */
  readonly queue: number
  readonly classes: Readonly<Record<C, WorkClass>>
}

/** Capacity is modelled, so that an overload is arithmetic and not the speed of the host. */
export interface Capacity<C extends string = string> {
  /** Put before a route's handlers: they run once a slot is free and the service time has passed. */
  slot(workClass: C): RequestHandler
  readonly state: Occupancy
}

/**
 * Decides who may have how much in hand, waiting for a worker or with one.
 * @returns what is called once the request is out of hand
 * @throws Problem where it may not
 */
export type Admission = (request: Request) => () => void

/** Service times vary by this share around their mean, uniformly. */
const spread = 0.3

/** SLOTS, QUEUE and SERVICE_TIME_MS (one mean for all classes, or JSON with means by class) override the table. */
export const capacityVariables = {
  SLOTS: integer(1, 100_000).optional(),
  QUEUE: integer(0, 1_000_000).optional(),
  SERVICE_TIME_MS: z
    .string()
    .transform((text, context) => {
      try {
        return z.union([z.number().min(0), z.record(z.string(), z.number().min(0))]).parse(JSON.parse(text))
      } catch {
        context.addIssue('must be a number of ms, or JSON like {"certificate":90}')
        return z.NEVER
      }
    })
    .optional(),
}

type Overrides = {
  readonly SLOTS?: number | undefined
  readonly QUEUE?: number | undefined
  readonly SERVICE_TIME_MS?: number | Readonly<Record<string, number>> | undefined
}

interface Arrival extends Waiting {
  readonly response: Response
  readonly start: () => void
  /** It is out of hand. */
  readonly leave: () => void
}

export function createCapacity<C extends string>(options: {
  readonly table: CapacityTable<C>
  readonly config: Overrides & { readonly SEED: string; readonly SERVICE_NAME: string }
  readonly loadShedding?: LoadSheddingParameters | undefined
  /** What gives way to all the rest. */
  readonly behindLive?:
    | { readonly workClass: NoInfer<C>; readonly settings: RetroactiveEntryParameters }
    | undefined
  /** Default: everybody. */
  readonly admission?: Admission | undefined
}): Capacity<C> {
  const { table, config, admission = everybody } = options
  const slots = config.SLOTS ?? table.slots
  const random = createRandom(`${config.SEED} service time ${config.SERVICE_NAME}`)
  const queue = queueOf(options, slots)
  const busyBy: Record<Importance, number> = { vital: 0, normal: 0, bulk: 0 }
  const state = {
    get busy() {
      return busyBy.vital + busyBy.normal + busyBy.bulk
    },
    busyBy,
    get queued() {
      return queue.length
    },
  }

  function meanMs(workClass: C): number {
    const override = config.SERVICE_TIME_MS
    if (typeof override === 'number') return override
    return override?.[workClass] ?? table.classes[workClass].serviceTimeMs
  }

  function fillSlots(): void {
    while (state.busy < slots) {
      const next = queue.take(state)
      if (next === undefined) return
      if (next.isFutile()) refuse(next, 'deadline-exceeded')
      else next.start()
    }
  }

  return {
    state,
    slot(workClass) {
      const { importance } = table.classes[workClass]
      return (request, response, next) => {
        const leave = admission(request)
        const serviceMs = meanMs(workClass) * (1 - spread + 2 * spread * random())
        const { remainingMs, signal } = budget(response)

        function release(): void {
          busyBy[importance] -= 1
          leave()
          fillSlots()
        }

        async function start(): Promise<void> {
          busyBy[importance] += 1
          const abandoned = response.destroyed
          if (serviceMs > 0) await sleep(serviceMs)
          if (abandoned) {
            // The worker did the work and finds nobody to give it to.
            release()
            return
          }
          onceHandled(response, release)
          next()
        }

        const arrival: Arrival = {
          workClass,
          importance,
          response,
          isFutile: () => signal?.aborted === true || (remainingMs() ?? Infinity) <= serviceMs,
          start,
          leave,
        }
        if (state.busy < slots && queue.mayStart(arrival, state)) {
          start()
          return
        }
        for (const { waiting, code } of queue.offer(arrival)) refuse(waiting, code)
        fillSlots()
      }
    },
  }
}

function queueOf<C extends string>(
  { table, config, loadShedding, behindLive }: Parameters<typeof createCapacity<C>>[0],
  slots: number,
): AcceptQueue<Arrival> {
  const live: AcceptQueue<Arrival> =
    loadShedding === undefined
      ? createFifoQueue(config.QUEUE ?? table.queue)
      : createSheddingQueue(loadShedding, slots)
  if (behindLive === undefined) return live
  const { workClass, settings } = behindLive
  return createBehindLiveQueue(live, settings, { workClass, slots })
}

const everybody: Admission = () => () => {}

const refusals = {
  'queue-full': 'every worker is busy and the queue is full; try again later',
  shed: 'turned away in favour of more important work; try again later',
  'deadline-exceeded': 'the time for this request was up before a worker was free',
}

function refuse(arrival: Arrival, code: keyof typeof refusals): void {
  const { response, leave } = arrival
  leave()
  if (response.destroyed) return
  if (code === 'shed') response.setHeader('X-Shed', arrival.workClass)
  sendProblem(response, new Problem(503, code, refusals[code]))
}

/**
 * Calls back once when the handlers are through with this response. A caller that leaves does not free the
 * worker: the handler still runs, and is through only when it ends the response nobody reads.
 */
function onceHandled(response: Response, done: () => void): void {
  let called = false
  const once = () => {
    if (called) return
    called = true
    done()
  }
  const end = response.end.bind(response) as (...args: unknown[]) => Response
  response.end = ((...args: unknown[]) => {
    const ended = end(...args)
    if (response.destroyed) once()
    return ended
  }) as Response['end']
  response.once('finish', once)
  response.once('close', () => {
    // A stream that broke off midway has no handler left that would end it.
    if (response.headersSent) once()
  })
}
