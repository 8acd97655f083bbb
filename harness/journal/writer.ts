import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs'
import { HarnessError, messageOf } from '../errors.ts'
import type { Arm } from '../model/arms.ts'
import type { JournalEvent } from './events.ts'

/** Appends to a run's journal as things happen. */
export interface JournalWriter extends Disposable {
  readonly path: string
  append(event: JournalEvent): void
  /** What one arm writes. Arms run side by side: where another arm wrote last, `arm.turn` says whose lines follow. */
  arm(scenario: string, arm: Arm): ArmJournal
}

/** The journal as one arm writes it. */
export interface ArmJournal {
  append(event: JournalEvent): void
  /** Whole lines made elsewhere (observations), newline-terminated. */
  appendLines(lines: string): void
}

/**
 * Opens `journal.jsonl`. Every append is one write call, so a crash of the harness loses nothing that was handed over;
 * closing also brings it to the disk.
 * @param told called with every event in the order of the file, lines made elsewhere included
 * @throws HarnessError when the file cannot be opened or the disk is full.
 */
export function openJournal(path: string, told: (event: JournalEvent) => void = () => {}): JournalWriter {
  const descriptor = attempt(path, () => openSync(path, 'ax'))
  const write = (text: string): void => attempt(path, () => appendFileSync(descriptor, text))
  let closed = false
  let turn = ''

  function append(event: JournalEvent): void {
    write(`${JSON.stringify(event)}\n`)
    told(event)
  }

  function takeTurn(scenario: string, arm: Arm): void {
    if (turn === `${scenario}/${arm}`) return
    turn = `${scenario}/${arm}`
    append({ kind: 'arm.turn', at: Date.now(), scenario, arm })
  }

  return {
    path,
    append,
    arm: (scenario, arm) => ({
      append(event) {
        takeTurn(scenario, arm)
        append(event)
      },
      appendLines(lines) {
        takeTurn(scenario, arm)
        write(lines)
        for (const line of lines.split('\n')) if (line !== '') told(JSON.parse(line) as JournalEvent)
      },
    }),
    [Symbol.dispose]() {
      if (closed) return
      closed = true
      fsyncSync(descriptor)
      closeSync(descriptor)
    },
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const full = (error as NodeJS.ErrnoException).code === 'ENOSPC'
    throw new HarnessError(
      full
        ? `no space left for the journal ${path}: free some and run again`
        : `cannot write the journal ${path}: ${messageOf(error)}`,
      { cause: error },
    )
  }
}
