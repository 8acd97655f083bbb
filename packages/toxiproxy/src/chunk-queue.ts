import type { Chunk } from './toxics/toxic.ts'

/** What a chunk costs beside its bytes, so that many small ones do not fill the memory unseen. */
const OVERHEAD_BYTES = 256

/** Chunks in the order in which they came. Taking one costs the same however many wait. */
export class ChunkQueue {
  /** What all that waits here takes up. */
  bytes = 0
  private chunks: Chunk[] = []
  private head = 0

  get length(): number {
    return this.chunks.length - this.head
  }

  push(chunk: Chunk): void {
    this.bytes += chunk.data.length + OVERHEAD_BYTES
    this.chunks.push(chunk)
  }

  /** There must be one. */
  shift(): Chunk {
    const chunk = this.chunks[this.head++]!
    this.bytes -= chunk.data.length + OVERHEAD_BYTES
    if (this.head === this.chunks.length) this.clear()
    else if (this.head === 1024) {
      this.chunks.splice(0, this.head)
      this.head = 0
    }
    return chunk
  }

  clear(): void {
    this.bytes = 0
    this.chunks.length = 0
    this.head = 0
  }
}
