import type { Random } from '../random.ts'
import { afterExactly, type Cancel } from '../timer.ts'
import { type Chunk, defineToxic } from './toxic.ts'

/**
 * Cuts chunks into pieces of `average_size` ± `size_variation` bytes, each written by itself, with `delay`
 * microseconds after each.
 */
export const slicer = defineToxic({
  type: 'slicer',
  attributes: { average_size: 'integer', size_variation: 'integer', delay: 'integer' },

  start(outlet, { average_size, size_variation, delay }, { strict }) {
    const sizes = { average: Math.max(1, average_size), variation: Math.max(0, size_variation), strict }
    if (strict && average_size < 1 && size_variation < 1)
      throw new Error('slicer toxic without an average_size')
    const delayMs = delay / 1000
    let held: Chunk | undefined
    let cuts: number[] = []
    let nextCut = 0
    let passedBytes = 0
    let cancel: Cancel | undefined

    function passPiece(chunk: Chunk) {
      const toByte = cuts[nextCut++]!
      outlet.pass({ data: chunk.data.subarray(passedBytes, toByte), receivedAtMs: chunk.receivedAtMs })
      passedBytes = toByte
    }

    function passPiecesApart(chunk: Chunk) {
      if (nextCut === cuts.length) {
        held = undefined
        outlet.done()
        return
      }
      passPiece(chunk)
      cancel = afterExactly(delayMs, () => passPiecesApart(chunk))
    }

    return {
      take(chunk) {
        cuts = []
        cutBetween(0, chunk.data.length, sizes, outlet.random, cuts)
        nextCut = 0
        passedBytes = 0
        if (cuts.length > 1) outlet.note('sliced')
        if (delayMs > 0) {
          held = chunk
          passPiecesApart(chunk)
          return false
        }
        while (nextCut < cuts.length) passPiece(chunk)
        return true
      },
      interrupt() {
        cancel?.()
        if (held === undefined || passedBytes === held.data.length) return
        outlet.pass({ data: held.data.subarray(passedBytes), receivedAtMs: held.receivedAtMs })
        held = undefined
      },
    }
  },
})

interface Sizes {
  readonly average: number
  readonly variation: number
  readonly strict: boolean
}

/** Appends the end of each piece to `cuts`. Halves, each cut moved by chance, until what is left is small enough. */
function cutBetween(from: number, to: number, sizes: Sizes, random: Random, cuts: number[]): void {
  const { average, variation, strict } = sizes
  if (to - from - average <= variation) {
    cuts.push(to)
    return
  }
  const moved = variation > 0 ? Math.floor(random() * variation * 2) - variation : 0
  const middle = from + Math.floor((to - from) / 2) + moved
  // Only a variation above the average can move a cut out of the piece it cuts. Upstream dies of it.
  if (strict && (middle < from || middle > to))
    throw new Error('slicer toxic with too large a size_variation')
  const cut = Math.min(to - 1, Math.max(from + 1, middle))
  cutBetween(from, cut, sizes, random, cuts)
  cutBetween(cut, to, sizes, random, cuts)
}
