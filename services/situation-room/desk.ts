import { fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '../common/log.ts'
import type { Answered, Asked } from './desk-process.ts'

/** One duty officer's desk, as the room sees it: it holds their key, and the room does not. */
export interface Desk extends AsyncDisposable {
  /** From 1, in the order in which they are asked. */
  readonly number: number
  /** Settles once somebody sits there, or nobody will. */
  readonly manned: Promise<void>
  /** A bell that is muted rings for nothing. */
  muted: boolean
  /**
   * Their answer, whenever it comes; never where nobody is there.
   * @param subject what they are to sign; without one they only say that they are there
   * @param signal when no answer is waited for any more
   */
  ask(subject: unknown, signal: AbortSignal): Promise<Answered>
}

/** The module ends as this one does: in a built package it is JavaScript. */
const module = new URL(`./desk-process${extname(import.meta.url)}`, import.meta.url)

/**
 * Starts a desk, a process of its own. Should it die, nobody answers there until the room is started again.
 * @param options.file its officer's key; the room itself does not read it
 * @param options.reactionMs how long the officer takes to look, decide and sign
 */
export function startDesk(options: {
  readonly number: number
  readonly file: string
  readonly reactionMs: number
  readonly log: Log
}): Desk {
  const { number, file, reactionMs, log } = options
  const child = fork(fileURLToPath(module), [], {
    // Its standard output is not the room's log; what goes wrong at its start is told.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
    env: { ...process.env, DESK_FILE: file, REACTION_MS: String(reactionMs) },
  })
  const waiting = new Map<number, (answered: Answered) => void>()
  let asked = 0
  let stopping = false
  const manned = Promise.withResolvers<void>()
  child.once('exit', () => manned.resolve())
  child.on('message', (answered: Answered | 'here') => {
    if (answered === 'here') return manned.resolve()
    waiting.get(answered.id)?.(answered)
    waiting.delete(answered.id)
  })
  child.on('error', (error) => log.error({ err: error, desk: number }, `desk ${number} failed`))
  child.once('exit', (code, signal) => {
    if (!stopping) log.error({ event: 'desk.gone', desk: number, code, signal }, `desk ${number} is gone`)
  })

  return {
    number,
    manned: manned.promise,
    muted: false,
    ask(subject, signal) {
      const id = asked++
      return new Promise((resolve, reject) => {
        signal.addEventListener(
          'abort',
          () => {
            waiting.delete(id)
            reject(signal.reason)
          },
          { once: true },
        )
        waiting.set(id, resolve)
        const what: Asked = subject === undefined ? { id } : { id, subject }
        if (!this.muted && child.connected) child.send(what)
      })
    },
    async [Symbol.asyncDispose]() {
      stopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
