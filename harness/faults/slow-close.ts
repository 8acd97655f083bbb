import { connect } from 'node:net'
import type { FaultTimes, WrittenFault } from '../model/fault.ts'
import type { LinkAddress } from '../model/topology.ts'
import { type Duration, durationMs, formatMs } from '../model/units.ts'
import { linkOf, numberOf, numberProblem, onLink, toxicFault } from './on-link.ts'
import { question } from './questions.ts'

/** How long a probe waits beyond the delay, ms. */
const patienceMs = 600

/**
 * A connection that has been closed at one end stays open at the other for so long: what holds connections after their
 * work is done (F8).
 * @example slowClose('official→front', '2s')
 */
export function slowClose(link: string, delay: Duration, times: FaultTimes = {}): WrittenFault {
  return onLink('slow-close', link, times, { delayMs: durationMs(delay) })
}

export const slowCloseKind = toxicFault({
  kind: 'slow-close',
  summary: 'connections of the link stay open for a time after they were closed',
  needs: 'an end after its answer',
  problems: (spec) => numberProblem(spec, 'delayMs', { atLeast: 100, atMost: 60_000 }),
  toxics: (spec) => [
    { type: 'slow_close', stream: 'downstream', attributes: { delay: numberOf(spec, 'delayMs') } },
  ],
  /** Asks, lets the server close after its answer, and waits for the end to come. */
  look: async (spec, context) => {
    const link = linkOf(spec, context)
    const delayMs = numberOf(spec, 'delayMs')
    const { closedAfterMs, client } = await closeOf(link, delayMs + patienceMs, context.signal)
    return {
      bites: closedAfterMs !== undefined && closedAfterMs >= delayMs * 0.8,
      said:
        closedAfterMs === undefined
          ? `probe through ${link.name}: no answer that ended in ${formatMs(delayMs + patienceMs)}`
          : `probe through ${link.name}: closed ${Math.round(closedAfterMs)} ms after its answer`,
      clients: client === undefined ? [] : [client],
    }
  },
})

/** How long after the first byte of an answer a connection is closed, ms; undefined where there is none, or no end. */
function closeOf(
  link: LinkAddress,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ readonly closedAfterMs?: number; readonly client?: string }> {
  return new Promise((resolve) => {
    const socket = connect({ host: link.host, port: link.port, noDelay: true })
    let client: string | undefined
    let answeredAt: number | undefined
    const finish = (closedAfterMs?: number): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      socket.destroy()
      resolve({
        ...(closedAfterMs !== undefined && { closedAfterMs }),
        ...(client !== undefined && { client }),
      })
    }
    const giveUp = (): void => finish()
    const timer = setTimeout(giveUp, timeoutMs)
    signal.addEventListener('abort', giveUp, { once: true })
    socket.on('connect', () => {
      client = `${socket.localAddress}:${socket.localPort}`
      socket.write(question(link, { ending: 'close' })!)
    })
    socket.on('data', () => {
      answeredAt ??= performance.now()
    })
    socket.on('error', giveUp)
    socket.on('end', () => finish(answeredAt === undefined ? undefined : performance.now() - answeredAt))
  })
}
