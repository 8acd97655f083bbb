import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import type { Log } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { SegmentTestsParameters } from '../measures/segment-tests.ts'
import type { Reading } from './probes/reading.ts'

/** A way to GPKI that can be tested: with a request that fits into one packet, and with one that takes several. */
export interface Segment {
  readonly name: string
  readonly short: () => Promise<Reading>
  readonly fullSize: () => Promise<Reading>
}

interface Tested {
  readonly segment: string
  readonly passed: boolean
  readonly said: string
}

/** Whether the network was declared normal. Then the emergency is over: nobody waits for the next alarm of GPKI. */
export interface Normality {
  readonly declared: boolean
  /** @returns what was tested; it is declared if all of it passed */
  declare(): Promise<readonly Tested[]>
  /** The last time that it was refused, in words. */
  readonly refused: string | undefined
}

/**
 * @param options.measure without it what is short is enough, as it was on 18 November 2023
 * @param options.onDeclared ends the emergency
 */
export function createNormality(options: {
  readonly segments: readonly Segment[]
  readonly measure: SegmentTestsParameters | undefined
  readonly sabotaged: Sabotaged
  readonly log: Log
  readonly onDeclared: () => void
}): Normality {
  const { segments, measure, sabotaged, log, onDeclared } = options
  let declared = false
  let refused: string | undefined

  async function test({ name, short, fullSize }: Segment): Promise<Tested> {
    const size = measure === undefined || sabotaged('tests-with-short-requests') ? 'short' : 'full-size'
    const look = size === 'short' ? short : fullSize
    for (let round = 0; round < (measure?.rounds ?? 1); round++) {
      const { colour, error } = await look()
      if (colour !== 'green') return { segment: name, passed: false, said: `${size} requests: ${error}` }
    }
    return { segment: name, passed: true, said: `${size} requests pass` }
  }

  return {
    get declared() {
      return declared
    },
    get refused() {
      return refused
    },
    async declare() {
      const tested = await Promise.all(segments.map(test))
      const failed = tested.filter(({ passed }) => !passed)
      for (const one of failed) log.warn({ event: 'segment.failed', ...one }, `${one.segment}: ${one.said}`)
      if (failed.length === 0 && measure !== undefined)
        log.info({ event: 'segments.passed' }, 'each way to GPKI passes full-size requests')
      if (failed.length > 0 && !sabotaged('declares-untested')) {
        refused = failed.map(({ segment, said }) => `${segment}: ${said}`).join('; ')
        return tested
      }
      declared = true
      log.info({ event: 'normal.declared' }, 'the network is declared normal')
      onDeclared()
      return tested
    },
  }
}

const body = z.strictObject({})

/** `POST /declarations/normal`: declares the network normal, or says what speaks against it. `GET` tells how it stands. */
export function normalityRouter(normality: Normality, watchers: RequestHandler): Router {
  const router = Router()
  router.get('/declarations/normal', watchers, (_request, response) => {
    response.json({ declared: normality.declared, refused: normality.refused ?? null })
  })
  router.post('/declarations/normal', watchers, async (request, response) => {
    parseBody(body, request)
    const tested = await normality.declare()
    if (!normality.declared)
      throw new Problem(409, 'segments-failed', `not normal: ${normality.refused ?? 'nothing was tested'}`)
    response.json({ declared: true, tested })
  })
  return router
}
