import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deliver } from '../../../../harness/reporters/otlp/deliver.ts'
import type { Endpoint } from '../../../../harness/reporters/otlp/endpoint.ts'
import { otlpReporter } from '../../../../harness/reporters/otlp.ts'
import { runEvents } from '../../checks/run-events.ts'
import { place } from '../../fixtures/command-line.ts'
import { plan, toldRun, treated, untreated } from './a-told-run.ts'
import { answering, collector } from './collector.ts'
import { expectWhole, received } from './strict.ts'

const quick = { withinMs: 30_000, pauseMs: 5 }

/** A run's file, of more than one message. */
async function written(): Promise<string> {
  const { dir, result } = toldRun()
  await otlpReporter({}, {}).runEnded!(result, dir)
  return join(dir, 'otlp.json')
}

const to = (url: string, more: Partial<Endpoint> = {}): Endpoint => ({
  url: `${url}/v1/traces`,
  headers: {},
  timeoutMs: 20_000,
  ...more,
})

describe('a file of traces is posted', () => {
  it('to its last span, in messages that each are one, with the headers asked for', async () => {
    const file = await written()
    const receiver = await collector()
    await deliver(file, to(receiver.url, { headers: { 'api-key': 'k' } }), quick)
    const sent = receiver.spans()
    expectWhole(sent)
    expect(sent).toEqual(received(readFileSync(file, 'utf8')))
    expect(receiver.requests.length).toBeGreaterThan(2)
    for (const { path, headers } of receiver.requests)
      expect([path, headers['api-key']]).toEqual(['/v1/traces', 'k'])
  })

  it('once more where the reason may pass: each span arrives once', async () => {
    const file = await written()
    const receiver = await collector(
      answering(503, 'starting'),
      (response) => void response.destroy(),
      undefined,
      answering(429, '', { 'retry-after': '1' }),
    )
    const began = performance.now()
    await deliver(file, to(receiver.url), quick)
    // As long as the receiver asked for.
    expect(performance.now() - began).toBeGreaterThan(990)
    expect(receiver.spans()).toEqual(received(readFileSync(file, 'utf8')))
  })

  it('to a receiver that answers with nothing at all', async () => {
    const empty = answering(200)
    const receiver = await collector(empty, empty, empty, empty, empty, empty, empty, empty)
    await expect(deliver(await written(), to(receiver.url), quick)).resolves.toBeUndefined()
  })
})

describe('it is an error which names the endpoint, the reason and the file', () => {
  const tooLong = { 'retry-after': '3600' }
  const page = answering(200, '<html>log in</html>')
  const refusing = answering(200, '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}')
  const busy = answering(503, 'busy')
  it.each([
    ['it is refused', [answering(401, 'no key')], 'it answered 401 Unauthorized: no key', 1],
    [
      'it is sent elsewhere',
      [answering(307, '', { location: '/other' })],
      'it answered 307 Temporary Redirect',
      1,
    ],
    ['it answers something else', [page], 'it is no OTLP receiver: <html>log in</html>', 1],
    ['the reason does not pass', [busy, busy, busy], 'it answered 503 Service Unavailable: busy', 3],
    [
      'it is to wait for too long',
      [answering(429, 'later', tooLong)],
      'it answered 429 Too Many Requests: later',
      1,
    ],
    ['some spans were refused', [refusing], 'it refused 3 spans: too old', undefined],
    ['nothing comes', [() => {}, () => {}, () => {}], 'no answer within 500 ms', 3],
  ])('where %s', async (_, answers, why, requests) => {
    const file = await written()
    const receiver = await collector(...answers)
    const timeoutMs = why.startsWith('no answer') ? 500 : 20_000
    const endpoint = to(receiver.url, { headers: { 'api-key': 'secret' }, timeoutMs })
    const { message } = await deliver(file, endpoint, quick).then(
      () => expect.fail('taken'),
      (error: Error) => error,
    )
    expect(message).toBe(`cannot deliver traces to ${receiver.url}/v1/traces: ${why}; they are in ${file}`)
    if (requests !== undefined) expect(receiver.requests).toHaveLength(requests)
  })

  it('where it takes too long altogether', async () => {
    const receiver = await collector(undefined, () => {})
    const began = performance.now()
    const delivery = deliver(await written(), to(receiver.url, { timeoutMs: 60_000 }), {
      withinMs: 3000,
      pauseMs: 5,
    })
    await expect(delivery).rejects.toThrow(/: not all was taken within 3 s, after 1 messages; they are in /)
    expect(performance.now() - began).toBeLessThan(20_000)
  })

  it('where nobody listens, and no key of its query is told', async () => {
    const delivery = deliver(
      await written(),
      to('http://127.0.0.1:2', { url: 'http://127.0.0.1:2/x?key=secret' }),
      quick,
    )
    await expect(delivery).rejects.toThrow(
      /^cannot deliver traces to http:\/\/127\.0\.0\.1:2\/x: .*ECONNREFUSED/,
    )
  })
})

describe('analyze --reporter otlp', () => {
  const analyze = async (endpoint: string, dir: string) => {
    using here = place({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
    return here.run('analyze', dir, '--reporter', 'otlp')
  }

  it('writes the traces of a run again, and delivers them', async () => {
    const { dir, result } = toldRun(runEvents([{ plan, arms: [untreated, treated] }]))
    const receiver = await collector()
    const { code, stderr } = await analyze(receiver.url, dir)
    expect(stderr).toBe('')
    expect(code).toBe(result.exitCode)
    expectWhole(receiver.spans())
    expect(receiver.spans()).toEqual(received(readFileSync(join(dir, 'otlp.json'), 'utf8')))
  })

  it('ends with 5 where they cannot be delivered, and the file is there', async () => {
    const { dir } = toldRun()
    const receiver = await collector(answering(400, 'no'))
    const { code, stderr } = await analyze(receiver.url, dir)
    expect(stderr).toMatch(
      /a report is missing: reporter 'otlp': cannot deliver traces to .*: it answered 400/,
    )
    expect(code).toBe(5)
    expectWhole(received(readFileSync(join(dir, 'otlp.json'), 'utf8')))
  })

  it('ends with 4 where the endpoint is none, before anything is done', async () => {
    const { code, stderr } = await analyze('localhost:4318', toldRun().dir)
    expect(stderr).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT is no URL of OTLP over HTTP/)
    expect(code).toBe(4)
  })
})
