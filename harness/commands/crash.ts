import { exitCode, HarnessError, messageOf } from '../errors.ts'

/** How long a run may take to come down after a crash, ms. What it leaves running then, its supervisor ends. */
const comeDownWithinMs = 60_000

/** Node's own exit code where it has nothing left to do, and a top-level await has not come to its end. */
const unsettled = 13
const leave = process.exit.bind(process)

let crashed = false
const underWay = new Set<(reason: HarnessError) => void>()

/**
 * Has `end` called when an error is caught by nobody, while a run is under way: thrown by a callback of a scenario's
 * module, say, or by the journal when the disk is full.
 */
export function onCrash(end: (reason: HarnessError) => void): Disposable {
  underWay.add(end)
  return { [Symbol.dispose]: () => void underWay.delete(end) }
}

/**
 * From here on, an error that nobody catches is told in words and ends the process with exit code 5, after the run under
 * way has taken its network down and written what is known. Node itself would leave at once with 1, which means
 * "deviates". A reader that goes away (`| head`) is not an error: the rest of the output is dropped.
 *
 * Nor may anything else end the process early: a scenario's module that calls `process.exit(0)` would make a run green
 * that judged nothing. There it throws, as any error of that module.
 */
export function exitCodesThatNeverLie(): void {
  process.on('uncaughtException', crash)
  // Whatever a command makes of its own end, the crash goes before it.
  process.on('exit', (code) => {
    if (code === unsettled)
      process.stderr.write('saeol-chaos: it waits for what never comes: a promise that nothing settles\n')
    if (crashed || code === unsettled) process.exitCode = exitCode.harnessError
  })
  process.exit = (code) => {
    throw new Error(`process.exit(${code ?? ''}) was called; only saeol-chaos ends its own process`)
  }
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') crash(error)
    })
}

function crash(error: unknown): void {
  const first = !crashed
  crashed = true
  const place = error instanceof HarnessError || !(error instanceof Error) ? '' : `\n${error.stack}`
  process.stderr.write(`saeol-chaos: an error that nothing caught: ${messageOf(error)}${place}\n`)
  if (!first) return
  if (underWay.size === 0) leave(exitCode.harnessError)
  setTimeout(() => leave(exitCode.harnessError), comeDownWithinMs).unref()
  const reason =
    error instanceof HarnessError
      ? error
      : new HarnessError(`an error that nothing caught: ${messageOf(error)}`, { cause: error })
  for (const end of underWay) end(reason)
}
