import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Area, Case } from './case.ts'
import { apiErrors } from './cases/api-errors.ts'
import { cli } from './cases/cli.ts'
import { connections } from './cases/connections.ts'
import { httpSurface } from './cases/http-surface.ts'
import { link } from './cases/link.ts'
import { nodeClient } from './cases/node-client.ts'
import { populate } from './cases/populate.ts'
import { process } from './cases/process.ts'
import { proxies } from './cases/proxies.ts'
import { toxicApi } from './cases/toxic-api.ts'
import { toxics } from './cases/toxics.ts'
import { createResults } from './results.ts'
import { type RunningServer, type Subject, subjects } from './subjects.ts'
import { createWorld } from './world.ts'

const CASE_TIMEOUT_MS = 45_000
const areas: readonly Area[] = [
  httpSurface,
  apiErrors,
  proxies,
  populate,
  toxicApi,
  connections,
  link,
  toxics,
  process,
  nodeClient,
  cli,
]
const results = createResults(subjects.map(({ name }) => name))

afterAll(() => globalThis.process.stdout.write(`\n${results.table()}\n`))

describe.each(subjects)('$name', (subject) => {
  if (subject.missing === undefined) suite(subject)
  else skip(subject.name, subject.missing)
})

/** A pipeline that promises the comparison must not lose it in silence. */
function skip(what: string, why: string) {
  const required = globalThis.process.env.CI_REQUIRE_TOXIPROXY === '1'
  test.skipIf(!required)(`skipped, because ${why}`, () => expect.fail(`CI_REQUIRE_TOXIPROXY=1, but ${why}`))
  results.note(`${what}: skipped, because ${why}`)
}

function suite(subject: Subject) {
  let shared: RunningServer

  beforeAll(async () => {
    shared = await subject.start()
  })
  afterAll(() => shared[Symbol.asyncDispose]())
  afterEach(() => removeAllProxies(shared))

  describe.each(areas)('$area', ({ area, cases, missing }) => {
    if (missing !== undefined) {
      skip(`${area}`, missing)
      return
    }
    test.each(cases)('$name', { timeout: CASE_TIMEOUT_MS }, async (one: Case) => {
      const row = `${area}: ${one.name}`
      results.set(row, subject.name, 'FAILED')
      await using own = one.ownServer ? await subject.start() : undefined
      await using world = createWorld(subject, own ?? shared)
      await one.run(world)
      results.set(row, subject.name, one.deviation && !subject.asUpstream ? 'ok, differs' : 'ok')
    })
  })
}

async function removeAllProxies({ url }: RunningServer) {
  const proxies = (await (await fetch(`${url}/proxies`)).json()) as object
  for (const name of Object.keys(proxies)) {
    await fetch(`${url}/proxies/${encodeURIComponent(name)}`, { method: 'DELETE' })
  }
}
