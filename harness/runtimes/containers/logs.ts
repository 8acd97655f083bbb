import { closeSync, openSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from './engine.ts'

/** A container's output on its way into a log file, until the container ends or the pump is disposed of. */
export interface LogPump extends Disposable {
  /** What the container has written until now is in the file. */
  caughtUp(): Promise<void>
  /** The container has ended: resolves once everything is in the file, or the engine has had its time for it. */
  finished(): Promise<void>
  /** Time of the last line, as the engine stamped it: where a later pump goes on. */
  last(): string
}

/** A line takes a moment from the service's hand to the engine's, ms. */
const onTheWayMs = 150
/** How long the engine may take to hand over what it has, ms. */
const patienceMs = 2000

/** Follows a container's output into a file. @param after only what was written later than this stamp. */
export function pumpLog(engine: Engine, container: string, file: string, after = ''): LogPump {
  const query = `stdout=1&stderr=1&timestamps=1${after === '' ? '' : `&since=${unixTime(after)}`}`
  const path = `/containers/${container}/logs?${query}`
  const over = new AbortController()
  let last = after
  const pump = async (): Promise<void> => {
    const fd = openSync(file, 'a')
    try {
      const stream = await engine.follow(`${path}&follow=1`, over.signal)
      for await (const { stamp, text } of frames(stream)) {
        // `since` has the resolution of the engine: what was read already is not written twice.
        if (stamp <= after) continue
        writeSync(fd, text)
        last = stamp
      }
    } catch {
      // Either we were disposed of, or the engine is gone; the watch over the containers reports the latter.
    } finally {
      closeSync(fd)
    }
  }
  const ended = pump()
  return {
    finished: async () => void (await Promise.race([ended, sleep(patienceMs, undefined, { ref: false })])),
    last: () => last,
    [Symbol.dispose]: () => over.abort(),
    async caughtUp() {
      await sleep(onTheWayMs)
      const stream = await engine.follow(`${path}&tail=1`, AbortSignal.timeout(patienceMs))
      let newest = ''
      for await (const { stamp } of frames(stream)) newest = stamp
      const until = performance.now() + patienceMs
      while (last < newest && performance.now() < until) await sleep(5)
    },
  }
}

/** The engine's frames: 8 bytes of head (which stream, length), then a stamp and a piece of output. */
async function* frames(stream: AsyncIterable<Buffer>): AsyncGenerator<{ stamp: string; text: Buffer }> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 8 && rest.length >= 8 + rest.readUInt32BE(4)) {
      const frame = rest.subarray(8, 8 + rest.readUInt32BE(4))
      rest = rest.subarray(8 + frame.length)
      const space = frame.indexOf(' ')
      yield { stamp: frame.toString('utf8', 0, space), text: frame.subarray(space + 1) }
    }
  }
}

/** `2023-11-17T08:40:00.000000001Z` as `1700210400.000000001`. */
function unixTime(stamp: string): string {
  return `${Math.floor(Date.parse(stamp) / 1000)}.${/\.(\d+)/.exec(stamp)?.[1] ?? '0'}`
}
