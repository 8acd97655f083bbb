import { createHmac } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { type AuditEntry, emptyChain } from './chain.ts'

/** A bounded local file that keeps audit entries while the sink is down, across restarts too. */
export interface Spool {
  readonly entries: number
  /** There is something in it that the chain does not have: entries, or lines that were damaged. */
  readonly waiting: boolean
  /**
   * On the disk once it resolves.
   * @param share of the whole spool that may be full afterwards, 1 unless given
   * @throws SpoolFullError when they do not all fit; none is kept then
   */
  add(entries: readonly AuditEntry[], share?: number): Promise<void>
  /** All of it, oldest first, without what failed its check. */
  read(): Promise<SpoolContent>
  /** Empties it; damaged lines are kept beside it, in a file that only grows, for a person to look at. */
  clear(): Promise<void>
  close(): Promise<void>
}

export interface SpoolContent {
  readonly entries: readonly AuditEntry[]
  /** Lines that were changed; they are not believed. */
  readonly damaged: readonly string[]
}

export class SpoolFullError extends Error {
  override readonly name = 'SpoolFullError'
}

/**
 * One JSON line per entry, each with a keyed hash that covers the line before it: who has only the file cannot make it.
 * @param options.limitBytes the file never grows beyond it
 * @throws when the file cannot be opened for writing
 */
export async function openSpool(options: {
  readonly file: string
  readonly limitBytes: number
  readonly key: string
}): Promise<Spool> {
  const { file, key } = options
  const handle = await open(file, 'a+', 0o600)
  const text = await readAll(handle)
  // A line that a crash cut off was never acknowledged, and must not run into the next one.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  let size = Buffer.byteLength(whole)
  await handle.truncate(size)
  const found = parse(whole, key)
  let count = found.entries.length
  let damaged = found.damaged.length > 0
  let lastHash = found.lastHash

  return {
    get entries() {
      return count
    },
    get waiting() {
      return count > 0 || damaged
    },
    async add(entries, share = 1) {
      let hash = lastHash
      const lines = entries.map((entry) => {
        const text = JSON.stringify(entry)
        hash = hashOf(hash, text, key)
        return `${hash} ${text}\n`
      })
      const bytes = Buffer.from(lines.join(''))
      if (size + bytes.length > options.limitBytes * share) {
        throw new SpoolFullError(`the audit spool ${file} is full (${size} of ${options.limitBytes} bytes)`)
      }
      try {
        await handle.appendFile(bytes)
        await handle.datasync()
      } catch (error) {
        // A part of a line must not spoil the next one.
        await handle.truncate(size).catch(() => {})
        throw error
      }
      size += bytes.length
      count += entries.length
      lastHash = hash
    },
    async read() {
      const found = parse(await readAll(handle), key)
      damaged ||= found.damaged.length > 0
      return { entries: found.entries, damaged: found.damaged }
    },
    async clear() {
      const lines = parse(await readAll(handle), key).damaged
      if (lines.length > 0) await keepAside(`${file}.damaged`, lines)
      await handle.truncate(0)
      await handle.datasync()
      size = 0
      count = 0
      damaged = false
      lastHash = emptyChain.hash
    },
    close: () => handle.close(),
  }
}

async function readAll(handle: FileHandle): Promise<string> {
  const { size } = await handle.stat()
  const { buffer } = await handle.read(Buffer.alloc(size), 0, size, 0)
  return buffer.toString('utf8')
}

/** @throws when they cannot be kept: then the spool stays as it is */
async function keepAside(file: string, lines: readonly string[]): Promise<void> {
  const handle = await open(file, 'a', 0o600)
  try {
    await handle.appendFile(lines.map((line) => `${line}\n`).join(''))
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

function parse(text: string, key: string): SpoolContent & { readonly lastHash: string } {
  const entries: AuditEntry[] = []
  const damaged: string[] = []
  let lastHash = emptyChain.hash
  for (const line of text.split('\n')) {
    if (line === '') continue
    const hash = line.slice(0, 64)
    const json = line.slice(65)
    if (hash !== hashOf(lastHash, json, key)) damaged.push(line)
    else entries.push(JSON.parse(json) as AuditEntry)
    lastHash = hash
  }
  return { entries, damaged, lastHash }
}

function hashOf(before: string, text: string, key: string): string {
  return createHmac('sha256', key).update(`${before} ${text}`).digest('hex')
}
