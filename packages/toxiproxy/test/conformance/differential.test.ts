import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, subjects } from './subjects.ts'

/**
 * Random sequences of API calls, sent to this server in strict mode and to the real one: every answer must be the
 * same. Ports are masked, as is the detail of what a JSON parser says of a broken body.
 */

interface Call {
  readonly method: string
  readonly path: string
  readonly body: string | undefined
}

const real = subjects.find((subject) => subject.real)!
const strict = subjects.find(({ name }) => name === 'ours --strict')!
const RUNS = Number(process.env.FUZZ_RUNS ?? 60)

const names = fc.constantFrom('a', 'a', 'a', 'a', 'b', 'b', 'c d', 'ü', '<x>')
// Nothing is ever bound but on loopback: an address is always given, and no name is looked up but localhost.
const listen = fc.constantFrom(
  '127.0.0.1:0',
  '127.0.0.1:0',
  'localhost:0',
  'nowhere',
  '127.0.0.1:99999',
  '::1:80',
  '127.0.0.1:-1',
)
const oneOrOdd = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: usual as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: odd })
const odd = fc.constantFrom<unknown[]>(null, '', 0, -1, 1.5, true, [], {}, 'x', 2 ** 40, [1])
const number = fc.oneof(fc.integer({ min: -10, max: 5000 }), fc.constant(2 ** 33))
const spelt = (key: string) =>
  fc.constantFrom(key, key, key, key.toUpperCase(), key[0]!.toUpperCase() + key.slice(1))

function record(
  fields: Record<string, { readonly value: fc.Arbitrary<unknown>; readonly always?: boolean }>,
) {
  const entries = Object.entries(fields).map(([key, { value, always = false }]) =>
    fc.tuple(spelt(key), value, always ? fc.constant(true) : fc.boolean()),
  )
  return fc.tuple(...entries).map((list) => {
    const kept = (list as [string, unknown, boolean][]).filter(([, , keep]) => keep)
    return Object.fromEntries(kept.map(([key, value]) => [key, value]))
  })
}

const proxy = record({
  name: { value: oneOrOdd(names) },
  listen: { value: listen, always: true },
  upstream: { value: oneOrOdd(fc.constantFrom('127.0.0.1:1', 'localhost:1', 'x')) },
  enabled: { value: oneOrOdd(fc.boolean()) },
  extra: { value: odd },
})
const attributeNames = [
  'latency',
  'jitter',
  'rate',
  'delay',
  'timeout',
  'average_size',
  'size_variation',
  'bytes',
]
const type = fc.constantFrom(
  ...['latency', 'bandwidth', 'slow_close', 'timeout', 'reset_peer', 'slicer', 'limit_data', 'noop'],
)
const toxic = record({
  name: { value: fc.constantFrom('x', 'x', 'y') },
  type: { value: oneOrOdd(type) },
  stream: { value: oneOrOdd(fc.constantFrom('upstream', 'downstream', 'Upstream', 'DOWNSTREAM')) },
  toxicity: {
    value: fc.oneof(fc.constantFrom(0, 1, 0.1), fc.float({ noNaN: true, noDefaultInfinity: true })),
  },
  attributes: { value: record(Object.fromEntries(attributeNames.map((key) => [key, { value: number }]))) },
})
// By itself: upstream applies the fields it can read of an update that it then refuses, and this server does not.
const oddToxic = fc.oneof(
  record({ type: { value: type }, toxicity: { value: odd, always: true } }),
  record({ type: { value: type }, attributes: { value: odd, always: true } }),
  fc
    .tuple(type, fc.constantFrom(...attributeNames), odd)
    .map(([type, key, value]) => ({ type, attributes: { [key]: value } })),
)

const broken = fc.constantFrom(
  '',
  ' ',
  '{',
  '[',
  'null',
  'nul',
  '"',
  '{"name":',
  '[]]',
  '{}x',
  '1 2',
  '\u0000',
  '{"a":\n}',
)
const body = (of: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 8, arbitrary: of.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: broken },
  )

const proxyPath = names.map((name) => `/proxies/${encodeURIComponent(name)}`)
const toxicPath = fc
  .tuple(proxyPath, fc.constantFrom('x', 'x', 'y', 'latency_downstream', 'noop_upstream'))
  .map(([path, name]) => `${path}/toxics/${name}`)
const call = (
  method: string,
  path: fc.Arbitrary<string>,
  content: fc.Arbitrary<string | undefined> = fc.constant(undefined),
) => fc.record({ method: fc.constant(method), path, body: content })
const change = fc.constantFrom('POST', 'PATCH')

const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: call('POST', fc.constant('/proxies'), body(proxy)) },
    { weight: 3, arbitrary: call('POST', fc.constant('/populate'), body(fc.array(proxy, { maxLength: 3 }))) },
    { weight: 4, arbitrary: change.chain((method) => call(method, proxyPath, body(proxy))) },
    {
      weight: 8,
      arbitrary: call(
        'POST',
        proxyPath.map((path) => `${path}/toxics`),
        body(fc.oneof({ weight: 6, arbitrary: toxic }, { weight: 1, arbitrary: oddToxic })),
      ),
    },
    {
      weight: 6,
      arbitrary: change.chain((method) =>
        call(
          method,
          toxicPath,
          body(fc.oneof({ weight: 6, arbitrary: toxic }, { weight: 1, arbitrary: oddToxic })),
        ),
      ),
    },
    { weight: 2, arbitrary: call('DELETE', toxicPath) },
    { weight: 1, arbitrary: call('DELETE', proxyPath) },
    { weight: 1, arbitrary: call('POST', fc.constant('/reset')) },
    {
      weight: 1,
      arbitrary: call(
        'GET',
        fc.oneof(
          proxyPath,
          toxicPath,
          proxyPath.map((path) => `${path}/toxics`),
        ),
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('GET', 'PUT', 'DELETE', 'PATCH', 'HEAD')
        .chain((method) =>
          call(method, fc.constantFrom('/', '/proxies', '/proxies/', '/x', '/proxies/a/b', '//x/../proxies')),
        ),
    },
  ),
  { minLength: 1, maxLength: 25 },
)

const why = real.missing === undefined ? '' : `, skipped, because ${real.missing}`
test.skipIf(real.missing !== undefined && process.env.CI_REQUIRE_TOXIPROXY !== '1')(
  `this server in strict mode answers random calls as the real one does${why}`,
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (sequence) => {
        await Promise.all([clear(servers.strict), clear(servers.real)])
        for (const one of [...sequence, { method: 'GET', path: '/proxies', body: undefined }]) {
          const [ours, theirs] = await Promise.all([answer(servers.strict, one), answer(servers.real, one)])
          expect(ours).toBe(theirs)
        }
      }),
      { numRuns: RUNS, ...(process.env.FUZZ_SEED && { seed: Number(process.env.FUZZ_SEED) }) },
    )
  },
)

let servers: { strict: RunningServer; real: RunningServer }

beforeAll(async () => {
  if (real.missing === undefined) servers = { strict: await strict.start(), real: await real.start() }
})
afterAll(async () => {
  await servers?.strict[Symbol.asyncDispose]()
  await servers?.real[Symbol.asyncDispose]()
})

async function answer({ url }: RunningServer, { method, path, body }: Call): Promise<string> {
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: { 'user-agent': 'fuzz' },
    ...(body !== undefined && { body }),
  })
  const text = (await response.text()).replace(/127\.0\.0\.1:\d{4,5}(?!\d)/g, '127.0.0.1:PORT')
  return `${method} ${path} ${response.status} ${response.headers.get('content-type')} ${masked(text)}`
}

/** Without what the parser says, except where clients might look at it. */
function masked(text: string): string {
  if (!text.includes('"bad request body: ') || /body: (unexpected )?EOF"/.test(text)) return text
  return JSON.stringify({ ...JSON.parse(text), error: 'bad request body: …' })
}

async function clear({ url }: RunningServer) {
  const proxies = (await (await fetch(`${url}/proxies`)).json()) as object
  for (const name of Object.keys(proxies)) {
    await fetch(`${url}/proxies/${encodeURIComponent(name)}`, { method: 'DELETE' })
  }
}
