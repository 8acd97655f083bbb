import { expect, it } from 'vitest'
import { traceIdOf, tracing } from '../../../harness/load/trace.ts'
import type { Http } from '../../../harness/model/journey.ts'

it('gives each visit a trace of its own, the same whenever it is asked', () => {
  const ids = ['a/0', 'b/0'].flatMap((stream) => [0, 1, 2].map((n) => traceIdOf('seed', stream, n)))
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(new Set(ids).size).toBe(ids.length)
  expect(traceIdOf('seed', 'a/0', 1)).toBe(ids[1])
  expect(traceIdOf('another seed', 'a/0', 1)).not.toBe(ids[1])
})

it('numbers the requests of a visit, whichever client they go by, and leaves a journey its own trace', async () => {
  const sent: unknown[] = []
  const http: Http = async (_method, _path, options) => {
    sent.push(options?.headers)
    return {
      status: 200,
      error: undefined,
      json: () => undefined,
      text: '',
      header: () => undefined,
    } as never
  }
  const traced = tracing(() => 'ab'.repeat(16))
  await traced(http)('GET', '/')
  await traced(http)('GET', '/', { headers: { 'x-user': 'u' } })
  await traced(http)('GET', '/', { headers: { traceparent: 'own' } })
  expect(sent).toEqual([
    { traceparent: `00-${'ab'.repeat(16)}-0000000000000001-01` },
    { traceparent: `00-${'ab'.repeat(16)}-0000000000000002-01`, 'x-user': 'u' },
    { traceparent: 'own' },
  ])
})
