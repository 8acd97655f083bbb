import { expect, it } from 'vitest'
import { canHave, question } from '../../../harness/faults/questions.ts'

const redis = { protocol: 'redis' } as const

it('Redis is asked PING, and to close by QUIT', () => {
  expect(String(question(redis, {}))).toBe('*1\r\n$4\r\nPING\r\n')
  expect(String(question(redis, { ending: 'half-close' }))).toBe('*1\r\n$4\r\nPING\r\n')
  expect(String(question(redis, { ending: 'close' }))).toBe('*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nQUIT\r\n')
})

it.each([1400, 5500, 6000, 9_999])('Redis is asked in %i bytes, by ECHO', (requestBytes) => {
  const asked = String(question(redis, { requestBytes }))
  expect(asked).toHaveLength(requestBytes)
  const [, length, text] = /^\*2\r\n\$4\r\nECHO\r\n\$(\d+)\r\n(x+)\r\n$/.exec(asked)!
  expect(text).toHaveLength(Number(length))
})

it('Redis is asked for so many bytes, and a few more around them', () => {
  expect(String(question(redis, { wantBytes: 3 }))).toBe('*2\r\n$4\r\nECHO\r\n$3\r\nxxx\r\n')
})

it('plain TCP is asked what its definition says, byte by byte', () => {
  expect(question({ protocol: 'tcp', ask: 'AMQP\0\x00\x09\xff' }, {})).toEqual(
    Buffer.from([65, 77, 81, 80, 0, 0, 9, 255]),
  )
  expect(question({ protocol: 'tcp', ask: '' }, {})).toEqual(Buffer.alloc(0))
  expect(question({ protocol: 'tcp' }, {})).toBeNull()
})

it('of plain TCP no more can be had than an answer, and that only of who is known to give one', () => {
  expect(canHave({ protocol: 'tcp', ask: '' }, 'an answer')).toBe(true)
  expect(canHave({ protocol: 'tcp', ask: '' }, 'a long answer')).toBe(false)
  expect(canHave({ protocol: 'tcp' }, 'an answer')).toBe(false)
})
