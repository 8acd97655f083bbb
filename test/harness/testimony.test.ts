import { expect, it } from 'vitest'
import { testimonyOf } from '../../harness/experiment/testimony.ts'
import { cut, delay, stall } from '../../harness/index.ts'
import type { Topology } from '../../harness/model/topology.ts'
import { createRecord } from '../../packages/toxiproxy/src/evidence.ts'
import { plannedFault } from './faults/planned-fault.ts'

const topology = {
  link: (name: string) => ({ name, proxy: name.replace('→', '-to-') }),
} as unknown as Topology
const inTermsOfTheArm = testimonyOf(
  [stall('a→b'), delay('a→b', '1s'), cut('b→c')].map((fault) => plannedFault(fault)),
  topology,
)
const totals = createRecord()

it('gives each toxic to the fault that put it on its link', () => {
  const bit = {
    said: 'bit',
    at: 1,
    proxy: 'a-to-b',
    connection: 'a-to-b/0',
    client: '127.0.0.1:5',
    how: 'cut',
  } as const
  expect(inTermsOfTheArm({ ...bit, toxic: 'stall-downstream' })).toEqual({
    kind: 'toxic.bit',
    at: 1,
    fault: 'stall a→b',
    toxic: 'stall-downstream',
    connection: 'a-to-b/0',
    client: '127.0.0.1:5',
    how: 'cut',
  })
  expect(inTermsOfTheArm({ ...bit, toxic: 'latency-downstream' })).toMatchObject({ fault: 'latency a→b' })
  expect(
    inTermsOfTheArm({ said: 'removed', at: 2, proxy: 'a-to-b', toxic: 'stall-downstream', totals }),
  ).toEqual({ kind: 'toxic.removed', at: 2, fault: 'stall a→b', toxic: 'stall-downstream', totals })
})

it('gives a toxic that names the fault’s link to it, on whatever proxy it stands', () => {
  const toxics = () => ['loss-a-to-b', 'loss']
  const ofLoss = testimonyOf([{ ...plannedFault(stall('a→b')), kind: 'loss' }], topology, () => ({ toxics }))
  const removed = { said: 'removed', at: 2, proxy: 'c-to-b', totals } as const
  expect(ofLoss({ ...removed, toxic: 'loss-a-to-b' })).toMatchObject({ fault: 'stall a→b' })
  expect(ofLoss({ ...removed, toxic: 'loss' })).toBe(null)
})

it('leaves out what is no fault of the arm', () => {
  const removed = { said: 'removed', at: 2, totals } as const
  expect(inTermsOfTheArm({ ...removed, proxy: 'a-to-b', toxic: 'by hand' })).toBe(null)
  expect(inTermsOfTheArm({ ...removed, proxy: 'b-to-c', toxic: 'stall-downstream' })).toBe(null)
})

it('gives bytes to the links that have a fault, toxics or not', () => {
  const streams = {
    upstream: { receivedBytes: 1, sentBytes: 1 },
    downstream: { receivedBytes: 2, sentBytes: 0 },
  }
  const carried = { said: 'carried', at: 3, when: 'before', streams } as const
  expect(inTermsOfTheArm({ ...carried, proxy: 'b-to-c' })).toEqual({
    kind: 'link.carried',
    at: 3,
    link: 'b→c',
    when: 'before',
    streams,
  })
  expect(inTermsOfTheArm({ ...carried, proxy: 'c-to-d' })).toBe(null)
})

it('passes on that something was missed', () => {
  expect(inTermsOfTheArm({ said: 'missed', at: 4, events: null })).toEqual({
    kind: 'witness.missed',
    at: 4,
    events: null,
  })
})
