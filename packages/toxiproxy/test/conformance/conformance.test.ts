import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Area, Case } from './case.ts'
import { apiErrors } from './cases/api-errors.ts'
import { cli } from './cases/cli.ts'
import { connections } from './cases/connections.ts'
import { delays } from './cases/delays.ts'
import { httpSurface } from './cases/http-surface.ts'
import { link } from './cases/link.ts'
import { nodeClient } from './cases/node-client.ts'
import { populate } from './cases/populate.ts'
import { process } from './cases/process.ts'
import { proxies } from './cases/proxies.ts'
import { rawHttp } from './cases/raw-http.ts'
import { toxicApi } from './cases/toxic-api.ts'
import { toxics } from './cases/toxics.ts'
import { createResults } from './results.ts'
import { type RunningServer, type Subject, subjects } from './subjects.ts'
import { createWorld } from './world.ts'

const CASE_TIMEOUT_MS = 45_000
const areas: readonly Area[] = [
  httpSurface,
  rawHttp,
  apiErrors,
  proxies,
  populate,
  toxicApi,
  connections,
  link,
  toxics,
  delays,
  process,
  nodeClient,
  cli,
]
const results = createResults(subjects.map(({ name }) => name))

const available = subjects.filter(({ missing }) => missing === undefined)
const servers = new Map<Subject, RunningServer>()

beforeAll(async () => {
  for (const subject of available) servers.set(subject, await subject.start())
})
afterEach(() => Promise.all([...servers.values()].map(removeAllProxies)))
afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server[Symbol.asyncDispose]()))
  globalThis.process.stdout.write(`\n${results.table()}\n`)
})

for (const { name, missing } of subjects) if (missing !== undefined) skip(name, missing)

// Not by test.each, which cuts long names short.
for (const { area, cases, missing } of areas)
  describe(area, () => {
    if (missing !== undefined) skip(area, missing)
    else for (const one of cases) test(one.name, { timeout: CASE_TIMEOUT_MS }, () => runOnAll(area, one))
  })

async function runOnAll(area: string, one: Case) {
  const outcomes = await Promise.allSettled(available.map((subject) => run(one, subject)))
  const failures = outcomes.flatMap((outcome, i) => {
    const { name, asUpstream } = available[i]!
    const held = one.deviation && !asUpstream ? 'ok, differs' : 'ok'
    results.set(`${area}: ${one.name}`, name, outcome.status === 'fulfilled' ? held : 'FAILED')
    return outcome.status === 'fulfilled' ? [] : [named(name, outcome.reason as Error)]
  })
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1)
    throw new AggregateError(failures, failures.map(({ message }) => message).join('\n'))
}

async function run(one: Case, subject: Subject) {
  await using own = one.ownServer ? await subject.start() : undefined
  await using world = createWorld(subject, own ?? servers.get(subject)!)
  await one.run(world)
}

function named(subject: string, error: Error): Error {
  error.message = `${subject}: ${error.message}`
  return error
}

/** A pipeline that promises the comparison must not lose it in silence. */
function skip(what: string, why: string) {
  const required = globalThis.process.env.CI_REQUIRE_TOXIPROXY === '1'
  test.skipIf(!required)(`${what} skipped, because ${why}`, () =>
    expect.fail(`CI_REQUIRE_TOXIPROXY=1, but ${why}`),
  )
  results.note(`${what}: skipped, because ${why}`)
}

async function removeAllProxies({ url }: RunningServer) {
  const proxies = (await (await fetch(`${url}/proxies`)).json()) as object
  for (const name of Object.keys(proxies)) {
    await fetch(`${url}/proxies/${encodeURIComponent(name)}`, { method: 'DELETE' })
  }
}
