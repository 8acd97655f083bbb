import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { type AuditEntry, emptyChain } from './chain.ts'

/** A bounded local file that keeps audit entries while the sink is down, across restarts too. */
export interface Spool {
  readonly entries: number
  /**
   * On the disk once it resolves.
   * @throws SpoolFullError when they do not all fit; none is kept then
   */
  add(entries: readonly AuditEntry[]): Promise<void>
  /** All of it, oldest first, without what failed its check. */
  read(): Promise<SpoolContent>
  /** Empties it. */
  clear(): Promise<void>
  close(): Promise<void>
}

export interface SpoolContent {
  readonly entries: readonly AuditEntry[]
  /** Lines that were changed; they are not believed. */
  readonly damagedLines: number
}

export class SpoolFullError extends Error {
  override readonly name = 'SpoolFullError'
}

/**
 * One JSON line per entry, each with a hash that covers the line before it.
 * @param options.limitBytes the file never grows beyond it
 * @throws when the file cannot be opened for writing
 */
export async function openSpool(options: {
  readonly file: string
  readonly limitBytes: number
}): Promise<Spool> {
  const handle = await open(options.file, 'a+', 0o600)
  const text = await readAll(handle)
  // A line that a crash cut off was never acknowledged, and must not run into the next one.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  let size = Buffer.byteLength(whole)
  await handle.truncate(size)
  const found = parse(whole)
  let count = found.entries.length
  let lastHash = found.lastHash

  return {
    get entries() {
      return count
    },
    async add(entries) {
      let hash = lastHash
      const lines = entries.map((entry) => {
        const text = JSON.stringify(entry)
        hash = hashOf(hash, text)
        return `${hash} ${text}\n`
      })
      const bytes = Buffer.from(lines.join(''))
      if (size + bytes.length > options.limitBytes) {
        throw new SpoolFullError(
          `the audit spool ${options.file} is full (${size} of ${options.limitBytes} bytes)`,
        )
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
      const { entries, damagedLines } = parse(await readAll(handle))
      return { entries, damagedLines }
    },
    async clear() {
      await handle.truncate(0)
      await handle.datasync()
      size = 0
      count = 0
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

function parse(text: string): SpoolContent & { readonly lastHash: string } {
  const entries: AuditEntry[] = []
  let damagedLines = 0
  let lastHash = emptyChain.hash
  for (const line of text.split('\n')) {
    if (line === '') continue
    const hash = line.slice(0, 64)
    const json = line.slice(65)
    if (hash !== hashOf(lastHash, json)) damagedLines += 1
    else entries.push(JSON.parse(json) as AuditEntry)
    lastHash = hash
  }
  return { entries, damagedLines, lastHash }
}

function hashOf(before: string, text: string): string {
  return createHash('sha256').update(`${before} ${text}`).digest('hex')
}
