import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { HarnessError, messageOf } from '../../errors.ts'
import type { Endpoint } from './endpoint.ts'
import { messageOfLine } from './file.ts'

/** How often a message is sent at most, where it fails for a reason that may pass. */
const tries = 3

/** What OTLP says may pass. */
const passing = [429, 502, 503, 504]

/** Limits of a delivery, ms. */
interface Limits {
  /** All messages together. */
  readonly withinMs: number
  /** Before the second try; twice that before the third. An answer may ask for more. */
  readonly pauseMs: number
}

const usual: Limits = { withinMs: 120_000, pauseMs: 500 }

/** How much of an answer is told, in characters. */
const mostTold = 200

/**
 * Posts a file of `requestWriter`, a message a line, one after the other, so that one line is in memory.
 * @throws HarnessError naming the endpoint, without its headers and query, and the file, where not all of it was taken
 */
export async function deliver(file: string, endpoint: Endpoint, limits: Limits = usual): Promise<void> {
  const { withinMs } = limits
  const deadline = AbortSignal.timeout(withinMs)
  const rejected: string[] = []
  let delivered = 0
  try {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const message = messageOfLine(line)
      if (message === undefined) continue
      const refusal = await post(message, endpoint, limits, deadline)
      if (refusal !== undefined) rejected.push(refusal)
      delivered++
    }
  } catch (thrown) {
    const why = deadline.aborted ? `not all was taken within ${withinMs / 1000} s` : messageOf(thrown)
    const after = delivered === 0 ? '' : `, after ${delivered} messages`
    throw undelivered(file, endpoint, `${why}${after}`, thrown)
  }
  if (rejected.length > 0) throw undelivered(file, endpoint, [...new Set(rejected)].join('; '))
}

function undelivered(file: string, { url }: Endpoint, why: string, cause?: unknown): HarnessError {
  const { origin, pathname } = new URL(url)
  return new HarnessError(`cannot deliver traces to ${origin}${pathname}: ${why}; they are in ${file}`, {
    cause,
  })
}

/** @returns what was refused of it, in words */
async function post(
  message: string,
  endpoint: Endpoint,
  { pauseMs, withinMs }: Limits,
  deadline: AbortSignal,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    const answer = await once(message, endpoint, deadline)
    if (answer.kind === 'taken') return answer.refused
    const waitMs = Math.max(pauseMs * 2 ** (attempt - 1), answer.askedMs)
    if (attempt === tries || !answer.mayPass || waitMs > withinMs) throw new Error(answer.said)
    await sleep(waitMs, undefined, { signal: deadline })
  }
}

type Answer =
  | { readonly kind: 'taken'; readonly refused: string | undefined }
  | {
      readonly kind: 'failed'
      readonly mayPass: boolean
      readonly said: string
      /** How long to wait, as the answer asks, ms. */
      readonly askedMs: number
    }

async function once(
  body: string,
  { url, headers, timeoutMs }: Endpoint,
  deadline: AbortSignal,
): Promise<Answer> {
  try {
    const signal = AbortSignal.any([deadline, AbortSignal.timeout(timeoutMs)])
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      signal,
      // Headers may be secrets, which belong to this address alone.
      redirect: 'manual',
    })
    const text = await answer.text()
    if (answer.ok) return taken(text)
    const said = `it answered ${answer.status} ${answer.statusText}: ${text.slice(0, mostTold)}`.replace(
      /[ :]+$/,
      '',
    )
    const askedMs = 1000 * (Number(answer.headers.get('retry-after')) || 0)
    return { kind: 'failed', mayPass: passing.includes(answer.status), said, askedMs }
  } catch (thrown) {
    deadline.throwIfAborted()
    const said = isTimeout(thrown) ? `no answer within ${timeoutMs} ms` : reasonOf(thrown)
    return { kind: 'failed', mayPass: true, said, askedMs: 0 }
  }
}

const exported = z.object({
  partialSuccess: z
    .object({ rejectedSpans: z.coerce.number().default(0), errorMessage: z.string().default('') })
    .nullish(),
})

/** An answer is an ExportTraceServiceResponse, or empty; whatever else says 200 is no receiver of traces. */
function taken(text: string): Answer {
  if (text.trim() === '') return { kind: 'taken', refused: undefined }
  const parsed = exported.safeParse(jsonOf(text))
  if (!parsed.success)
    return {
      kind: 'failed',
      mayPass: false,
      said: `it is no OTLP receiver: ${text.slice(0, mostTold)}`,
      askedMs: 0,
    }
  const { rejectedSpans = 0, errorMessage = '' } = parsed.data.partialSuccess ?? {}
  const refused = `it refused ${rejectedSpans} spans${errorMessage && `: ${errorMessage.slice(0, mostTold)}`}`
  return { kind: 'taken', refused: rejectedSpans > 0 ? refused : undefined }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'TimeoutError'
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(thrown: unknown): string {
  return messageOf(thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown)
}
