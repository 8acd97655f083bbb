import fc from 'fast-check'
import { expect, test } from 'vitest'
import { requests, responsesTo } from '../../src/toxics/http/dialects.ts'
import { createMessageReader, type Piece } from '../../src/toxics/http/message-reader.ts'

const text = fc.string({ maxLength: 300, unit: 'binary' })
const body = fc.oneof(
  fc.constant({ header: '', bytes: '' }),
  text.map((bytes) => ({ header: `Content-Length: ${Buffer.byteLength(bytes)}\r\n`, bytes })),
  fc
    .tuple(
      fc.array(
        text.filter((piece) => piece !== ''),
        { maxLength: 4 },
      ),
      fc.boolean(),
    )
    .map(([pieces, trailer]) => ({
      header: 'transfer-encoding: gzip, Chunked\r\n',
      bytes: `${pieces.map((piece) => `${Buffer.byteLength(piece).toString(16)};x=1\r\n${piece}\r\n`).join('')}0\r\n${trailer ? 'T: 1\r\n' : ''}\r\n`,
    })),
)
const startLines = {
  request: fc.constantFrom('GET / HTTP/1.1', 'POST /a/b?c=d HTTP/1.0', 'DELETE http://x/y HTTP/1.1'),
  response: fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.1 500 ', 'HTTP/1.0 404 Not Found'),
}

for (const [kind, dialect] of [
  ['request', requests],
  ['response', responsesTo(() => 'GET')],
] as const) {
  const message = fc.tuple(startLines[kind], body).map(([line, { header, bytes }]) => {
    // A response without a length would go on to the end of the connection.
    const framed = header === '' && kind === 'response' ? 'Content-Length: 0\r\n' : header
    return { line, text: `${line}\r\nHost: x\r\n${framed}\r\n${bytes}` }
  })

  test(`${kind}s are told apart however they are cut up, and no byte is lost`, () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 200 })),
        (messages, cuts) => {
          const stream = Buffer.from(messages.map((one) => one.text).join(''))
          const reader = createMessageReader(dialect)
          const pieces: Piece[] = []
          let from = 0
          for (let i = 0; from < stream.length; i++) {
            const to = from + (cuts[i] ?? stream.length)
            // A copy, as the memory a socket reads into is used again.
            reader.push(Buffer.from(stream.subarray(from, to)))
            from = to
            for (let piece = reader.next(); piece !== undefined; piece = reader.next()) pieces.push(piece)
          }
          const bytes = pieces.map((piece) => ('bytes' in piece ? piece.bytes : Buffer.alloc(0)))
          expect(Buffer.concat(bytes).equals(stream)).toBe(true)
          expect(pieces.flatMap((piece) => (piece.kind === 'head' ? [piece.head.startLine] : []))).toEqual(
            messages.map(({ line }) => line),
          )
          expect(pieces.filter(({ kind }) => kind === 'end')).toHaveLength(messages.length)
          expect(pieces.some(({ kind }) => kind === 'other')).toBe(false)
        },
      ),
    )
  })
}

test('any bytes at all come out as they went in', () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        'GET ',
        'GET / HTTP/1.1\r\n',
        '\r\n\r\n',
        'Content-Length: x\r\n\r\n',
        'Transfer-Encoding: chunked\r\n\r\nzz\r\n',
      )
      .map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(fc.array(junk), (parts) => {
      const reader = createMessageReader(requests)
      const out: Buffer[] = []
      for (const part of parts) {
        reader.push(part)
        for (let piece = reader.next(); piece !== undefined; piece = reader.next()) {
          if ('bytes' in piece) out.push(piece.bytes)
        }
      }
      out.push(reader.rest())
      expect(Buffer.concat(out).equals(Buffer.concat(parts))).toBe(true)
    }),
  )
})
