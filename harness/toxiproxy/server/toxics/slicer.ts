import type { Random } from '../random.ts'
import { after, type Cancel } from '../timer.ts'
import { type Chunk, defineToxic } from './toxic.ts'

/**
 * Cuts chunks into pieces of `average_size` ± `size_variation` bytes, each written by itself, with `delay`
 * microseconds after each.
 */
export const slicer = defineToxic({
  type: 'slicer',
  attributes: { average_size: 'integer', size_variation: 'integer', delay: 'integer' },

  start(outlet, { average_size, size_variation, delay }, { strict }) {
    if (strict && average_size < 1 && size_variation < 1) {
      throw new Error('slicer toxic without an average_size: upstream recurses until it dies')
    }
    const averageBytes = Math.max(1, average_size)
    const variationBytes = Math.max(0, size_variation)
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
      cancel = after(delayMs, () => passPiecesApart(chunk))
    }

    return {
      take(chunk) {
        cuts = []
        cutBetween(0, chunk.data.length, averageBytes, variationBytes, outlet.random, cuts)
        nextCut = 0
        passedBytes = 0
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

/** Appends the end of each piece to `cuts`. Halves, each cut moved by chance, until what is left is small enough. */
function cutBetween(
  from: number,
  to: number,
  average: number,
  variation: number,
  random: Random,
  cuts: number[],
) {
  if (to - from - average <= variation) {
    cuts.push(to)
    return
  }
  const moved = variation > 0 ? Math.floor(random() * variation * 2) - variation : 0
  const middle = from + Math.floor((to - from) / 2) + moved
  // A variation above the average could move a cut out of the piece it cuts.
  const cut = Math.min(to - 1, Math.max(from + 1, middle))
  cutBetween(from, cut, average, variation, random, cuts)
  cutBetween(cut, to, average, variation, random, cuts)
}
