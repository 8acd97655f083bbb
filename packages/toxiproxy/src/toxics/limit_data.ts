import { defineToxic } from './toxic.ts'

/** Lets `bytes` bytes pass, then closes the connection. */
export const limitData = defineToxic({
  type: 'limit_data',
  attributes: { bytes: 'integer' },

  start: (outlet, { bytes }) => ({
    take(chunk) {
      const leftBytes = Math.max(0, bytes - outlet.memory.bytesPassed)
      const passing = chunk.data.subarray(0, leftBytes)
      const dropped = chunk.data.subarray(leftBytes)
      const { receivedAtMs } = chunk
      if (passing.length > 0) outlet.pass({ data: passing, receivedAtMs })
      if (dropped.length > 0) outlet.drop({ data: dropped, receivedAtMs })
      outlet.memory.bytesPassed += passing.length
      if (outlet.memory.bytesPassed >= bytes) outlet.end('close')
      return true
    },
  }),
})
