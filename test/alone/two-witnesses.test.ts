/** A whole arm, with either Toxiproxy: what it says itself of a fault is in the journal, and every report tells it. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EventOf, JournalEvent } from '../../harness/journal/events.ts'
import type { ServerEvidence } from '../../harness/model/result.ts'
import { findTool, subjects } from '../../packages/toxiproxy/test/conformance/subjects.ts'
import { oneByOne, place, tinyScenarios } from '../harness/fixtures/command-line.ts'

const fault = 'stall front→back'

/** Runs the arm that must be bitten, and judges it again. */
async function untreated(toxiproxy: 'embedded' | 'path', environment: Record<string, string> = {}) {
  using here = place(environment)
  const options = ['--arm', 'untreated', '--toxiproxy', toxiproxy, '--reporter', 'console,json,junit']
  const ran = await here.run('run', ...oneByOne, '--scenarios', tinyScenarios, '--out', here.out, ...options)
  const again = await here.run('analyze', join(here.out, 'latest'))
  const file = (name: string): string => {
    try {
      return readFileSync(join(here.out, 'latest', name), 'utf8')
    } catch (error) {
      throw new Error(`${String(error)}\n${ran.stdout}${ran.stderr}`)
    }
  }
  const journal = file('journal.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalEvent)
  return {
    events: <K extends JournalEvent['kind']>(kind: K) =>
      journal.filter((event): event is EventOf<K> => event.kind === kind),
    evidence: JSON.parse(file('result.json')).scenarios[0].arms[0].faults[0].server as ServerEvidence | null,
    /** Each says what the verdict stands on. */
    reports: [ran.stdout, again.stdout, file('junit.xml')],
  }
}

it('the embedded Toxiproxy tells which users were bitten', async () => {
  const { events, evidence, reports } = await untreated('embedded')
  expect(events('witness.began')).toMatchObject([{ witness: 'events' }])
  const removed = events('toxic.removed')
  expect(removed.map(({ toxic }) => toxic)).toContain('stall-upstream-timeout')
  for (const one of removed) expect(one.fault).toBe(fault)
  const bittenBy = (name: string) => events('toxic.bit').filter(({ toxic }) => toxic === name).length
  for (const { toxic, totals } of removed) expect(bittenBy(toxic), toxic).toBe(totals.bittenConnections)
  expect(evidence).toMatchObject({ from: 'toxics' })
  const probes = events('fault.probed').flatMap(({ clients = [] }) => clients)
  const bitten = [...new Set(events('toxic.bit').map(({ client }) => client))]
  expect(bitten.filter((client) => probes.includes(client)).length).toBeGreaterThan(0)
  expect(bitten.length).toBeGreaterThan(1)
  for (const report of reports) expect(report).toContain('Toxiproxy itself saw users bitten by 1 of them')
})

const real = subjects.find((subject) => subject.real)!
const skipped = real.missing !== undefined && process.env.CI_REQUIRE_TOXIPROXY !== '1'
const why = skipped ? ` (skipped, because ${real.missing})` : ''
describe.skipIf(skipped)(`with a real Toxiproxy${why}`, () => {
  it('the verdict stands on the probes alone, beside the bytes of the link', async () => {
    using bin = place()
    mkdirSync(join(bin.dir, 'bin'))
    symlinkSync(findTool('TOXIPROXY_SERVER', 'toxiproxy-server')!, join(bin.dir, 'bin', 'toxiproxy-server'))
    const { events, evidence, reports } = await untreated('path', {
      PATH: `${join(bin.dir, 'bin')}:${process.env.PATH}`,
    })
    expect(events('witness.began')).toMatchObject([{ witness: 'metrics' }])
    expect(events('link.carried').map(({ when }) => when)).toContain('after')
    expect(events('toxic.bit')).toEqual([])
    expect(evidence).toMatchObject({ from: 'metrics' })
    const { receivedBytes, sentBytes } = evidence as Extract<ServerEvidence, { from: 'metrics' }>
    // What a stall swallows came to the link and did not go on.
    expect(receivedBytes).toBeGreaterThan(sentBytes)
    for (const report of reports) expect(report).toContain('this Toxiproxy keeps no account of its toxics')
  })
})
