import { type FileHandle, open } from 'node:fs/promises'
import type { SystemEvent } from '../runtime.ts'

/** Follows a service's log and hands on every line that carries an `event`; the journal learns of the system by it. */
export interface LogFollower extends AsyncDisposable {
  /** Reads what has been written until now. */
  flush(): Promise<void>
}

/** How often a log is looked at, ms. Events carry their own time, so this delays only what a person sees. */
const everyMs = 100

export function followLog(service: string, file: string, onEvent: (event: SystemEvent) => void): LogFollower {
  let handle: FileHandle | undefined
  let offset = 0
  let partial = ''
  let reading: Promise<void> | undefined
  const buffer = Buffer.alloc(256 * 1024)

  const read = async (): Promise<void> => {
    try {
      handle ??= await open(file, 'r')
    } catch {
      return
    }
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset)
      if (bytesRead === 0) return
      offset += bytesRead
      const lines = (partial + buffer.toString('utf8', 0, bytesRead)).split('\n')
      partial = lines.pop()!
      for (const line of lines) if (line.includes('"event":')) emit(line)
    }
  }

  const emit = (line: string): void => {
    try {
      const {
        event,
        time,
        level: _l,
        pid: _p,
        hostname: _h,
        msg: _m,
        service: _s,
        name: _n,
        ...facts
      } = JSON.parse(line)
      if (typeof event === 'string')
        onEvent({ at: typeof time === 'number' ? time : Date.now(), service, event, facts })
    } catch {
      // Not a structured line; it stays in the log for people.
    }
  }

  const flush = async (): Promise<void> => {
    await reading
    reading = read()
    await reading
  }
  const timer = setInterval(() => void flush(), everyMs)

  return {
    flush,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await flush()
      await handle?.close()
    },
  }
}
