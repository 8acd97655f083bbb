import type { ServerResponse } from 'node:http'
import type { Evidence } from '../evidence.ts'

const KEEP_ALIVE_MS = 15_000

/**
 * Writes events as server-sent events until the reader goes. A reader that is too slow misses events rather than
 * fill the memory, and is told how many with the next it gets.
 * @param wanted names of the events to send; none: all
 */
export function streamEvents(evidence: Evidence, wanted: readonly string[], response: ServerResponse): void {
  let missed = 0
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  response.write(': listening\n\n')
  const stop = evidence.listen(wanted, (event) => {
    if (response.writableNeedDrain) {
      missed++
      return
    }
    if (missed > 0) response.write(`event: missed\ndata: ${JSON.stringify({ events: missed })}\n\n`)
    missed = 0
    response.write(`event: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`)
  })
  const alive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS)
  response.on('close', () => {
    clearInterval(alive)
    stop()
  })
}
