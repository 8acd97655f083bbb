/** What users see of each fault on a link, through every kind of connection that they have. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import {
  cut,
  delay,
  packetLoss,
  reset,
  slowClose,
  stall,
  throttle,
  truncate,
} from '../../../harness/index.ts'
import type { FaultSpec } from '../../../harness/model/fault.ts'
import type { LinkAddress } from '../../../harness/model/topology.ts'
import { plannedFault } from './planned-fault.ts'

/** A kind of connection. */
export interface Kind {
  readonly is: string
  readonly to: 'http' | 'tcp'
  /** Header lines of its request; none of it is sent where the server speaks first. */
  readonly headers?: string
  readonly halfCloses?: boolean
  /** It was connected, and answered, before the fault. */
  readonly before?: boolean
}

const close = 'Connection: close\r\n'

export const kinds: readonly Kind[] = [
  { is: 'fresh, the server closes after its answer', headers: close, to: 'http' },
  { is: 'fresh, kept alive', headers: '', to: 'http' },
  { is: 'kept alive since before the fault', headers: '', before: true, to: 'http' },
  { is: 'half-closed by its user', headers: close, halfCloses: true, to: 'http' },
  { is: 'plain TCP, the server speaks first and closes', to: 'tcp' },
  { is: 'plain TCP, half-closed by its user', halfCloses: true, to: 'tcp' },
]

/** What was heard on a connection, in order, and how long after the question, ms. */
export interface Heard {
  readonly what: 'data' | 'end' | 'close' | 'error'
  readonly afterMs: number
}

export interface Row {
  readonly fault: (link: string) => FaultSpec
  /** Bytes that the request asks for, and that it holds itself, about. */
  readonly answerBytes?: number
  readonly askBytes?: number
  /** Connections on which there is nothing that the fault could show itself on. */
  readonly cannotShow?: (kind: Kind) => boolean
  /** Answers come all the same: they must come through a connection that its user has half-closed, too. */
  readonly answers?: boolean
  /** Only this Toxiproxy has it. */
  readonly only?: 'embedded'
  /** What is heard while it is on: asked until it is settled. @param tame somebody stands between who tells of a reset as of any end. */
  readonly sees: (heard: readonly Heard[], tame: boolean) => boolean
  /** What must not have been heard when it is settled. */
  readonly never?: (heard: readonly Heard[]) => boolean
  /** It is silence: nothing, or at least no answer, may be heard for so long, ms. */
  readonly silent?: { readonly forMs: number; readonly of: 'anything' | 'answers' }
}

/** Long enough for everything behind a link to answer, to close and to time out, ms. */
export const watchedMs = 1500

/** Answered, and not before so many ms. A timer may fire a little early. */
const lateBy = (ms: number): Pick<Row, 'sees' | 'never'> => ({
  sees: (heard) => heard.some(({ what }) => what === 'data'),
  never: (heard) => heard.some(({ what, afterMs }) => what === 'data' && afterMs < 0.9 * ms),
})
const ended = (heard: readonly Heard[]): boolean => heard.some(({ what }) => what !== 'data')
const answered = (heard: readonly Heard[]): boolean => heard.some(({ what }) => what === 'data')

export const rows: Readonly<Record<string, Row>> = {
  stall: {
    fault: (link) => plannedFault(stall(link)),
    silent: { forMs: watchedMs, of: 'anything' },
    sees: () => true,
  },
  cut: { fault: (link) => plannedFault(cut(link)), sees: ended, never: answered },
  latency: { fault: (link) => plannedFault(delay(link, '300ms')), answers: true, ...lateBy(300) },
  throttle: {
    fault: (link) => plannedFault(throttle(link, 50)),
    answerBytes: 30_000,
    answers: true,
    // What comes in one piece at 50 kB a second takes 0.6 s; the first pieces come sooner.
    sees: (heard) => bytesOf(heard) >= 30_000,
    never: (heard) => bytesOf(heard) >= 30_000 && lastData(heard) < 0.8 * 600,
  },
  reset: {
    fault: (link) => plannedFault(reset(link)),
    sees: (heard, tame) => heard.some(({ what }) => what === 'error') || (tame && ended(heard)),
    never: answered,
  },
  truncate: {
    fault: (link) => plannedFault(truncate(link, 4000, { way: 'back' })),
    answerBytes: 30_000,
    sees: ended,
    never: (heard) => bytesOf(heard) > 4000,
  },
  'slow-close': {
    fault: (link) => plannedFault(slowClose(link, '300ms')),
    answers: true,
    sees: ended,
    // Whoever closes, its end is not heard sooner than that.
    never: (heard) => heard.some(({ what, afterMs }) => what !== 'data' && afterMs < 0.9 * 300),
  },
  'packet-loss': {
    fault: (link) => plannedFault(packetLoss(link, { probability: 1 })),
    askBytes: 6000,
    only: 'embedded',
    // What is small passes: the server's goodbye does.
    silent: { forMs: watchedMs, of: 'answers' },
    // Nothing of full size is sent by whoever only listens.
    cannotShow: ({ to }) => to === 'tcp',
    sees: () => true,
  },
}

interface Sized extends Heard {
  readonly bytes: number
}

function bytesOf(heard: readonly Heard[]): number {
  return (heard as readonly Sized[]).reduce((sum, { bytes }) => sum + bytes, 0)
}

function lastData(heard: readonly Heard[]): number {
  return heard.findLast(({ what }) => what === 'data')?.afterMs ?? 0
}

/** A user's connection. */
interface Dialled {
  readonly socket: Socket
  readonly heard: Heard[]
  /** From now on times count. */
  ask(): void
}

function dial({ host, port }: LinkAddress, kind: Kind, row: Row): Dialled {
  let askedAt = performance.now()
  const socket = connect({ host, port, allowHalfOpen: true })
  const heard: Sized[] = []
  const hear = (what: Heard['what'], bytes = 0): void =>
    void heard.push({ what, afterMs: performance.now() - askedAt, bytes })
  socket.on('data', (chunk) => hear('data', chunk.length))
  for (const event of ['end', 'close', 'error'] as const) socket.on(event, () => hear(event))
  return {
    socket,
    heard,
    ask() {
      askedAt = performance.now()
      if (kind.headers !== undefined) {
        const path = `/health?bytes=${row.answerBytes ?? 2}`
        const padding = row.askBytes === undefined ? '' : `X-Padding: ${'x'.repeat(row.askBytes)}\r\n`
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${kind.headers}${padding}\r\n`)
      } else if (kind.halfCloses) socket.write('hello')
      if (kind.halfCloses) socket.end()
    },
  }
}

/** Every fault through every kind of connection, as far as a Toxiproxy has it. @param real it has the defects of 2.12.0. */
export function casesOn({ real, embedded = !real }: { real: boolean; embedded?: boolean }) {
  return Object.entries(rows)
    .filter(([, { only }]) => only === undefined || embedded)
    .flatMap(([fault, row]) =>
      kinds
        .filter((kind) => !row.cannotShow?.(kind))
        // 2.12.0 closes a connection that its user half-closes: no answer, fault or not.
        .filter(({ halfCloses }) => !(real && row.answers && halfCloses))
        .map((kind) => ({ fault, is: kind.is, row, kind })),
    )
}

/**
 * Looks at one fault through one kind of connection; the fault is reverted at the end.
 * @param real the Toxiproxy is 2.12.0, which ends a live connection where it says that it resets it
 */
export async function look(
  row: Row,
  kind: Kind,
  link: LinkAddress,
  fault: { inject(): Promise<void>; revert(): Promise<void> },
  real: boolean,
): Promise<void> {
  const earlier = kind.before ? dial(link, kind, row) : undefined
  try {
    if (earlier !== undefined) {
      earlier.socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
      while (!answered(earlier.heard)) await sleep(10)
    }
    if (earlier !== undefined) earlier.heard.length = 0
    await fault.inject()
    const now = earlier ?? dial(link, kind, row)
    try {
      if (!now.socket.destroyed) now.ask()
      await settled(row, now.heard, link.relayed === true || (real && kind.before === true))
    } finally {
      await fault.revert()
    }
    // What was asked in the silence is answered now, or never; it is not left hanging.
    if (row.silent !== undefined) while (now.heard.length === 0) await sleep(10)
    now.socket.destroy()
  } finally {
    earlier?.socket.destroy()
  }
}

async function settled(row: Row, heard: readonly Heard[], tame: boolean): Promise<void> {
  if (row.silent !== undefined) {
    await sleep(row.silent.forMs)
    expect(heard.filter(({ what }) => row.silent!.of === 'anything' || what === 'data')).toEqual([])
    return
  }
  while (!row.sees(heard, tame)) await sleep(10)
  expect(row.never?.(heard) ?? false, JSON.stringify(heard)).toBe(false)
}
