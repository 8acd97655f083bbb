import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs'
import { HarnessError, messageOf } from '../errors.ts'
import type { JournalEvent } from './events.ts'

/** Appends to a run's journal as things happen. */
export interface JournalWriter extends Disposable {
  readonly path: string
  append(event: JournalEvent): void
  /** Whole lines made elsewhere (observations), newline-terminated. */
  appendLines(lines: string): void
}

/**
 * Opens `journal.jsonl`. Every append is one write call, so a crash of the harness loses nothing that was handed over;
 * closing also brings it to the disk.
 * @throws HarnessError when the file cannot be opened or the disk is full.
 */
export function openJournal(path: string): JournalWriter {
  const descriptor = attempt(path, () => openSync(path, 'ax'))
  const write = (text: string): void => attempt(path, () => appendFileSync(descriptor, text))
  let closed = false
  return {
    path,
    append: (event) => write(`${JSON.stringify(event)}\n`),
    appendLines: write,
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
