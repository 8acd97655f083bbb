import { expect, it } from 'vitest'
import type { FaultEvidence, ServerEvidence } from '../../../harness/model/result.ts'
import { evidenceInWords, seenInWords } from '../../../harness/reporters/figures.ts'

const fault: FaultEvidence = {
  fault: 'stall a→b',
  injectedAtMs: 3010,
  revertedAtMs: 8000,
  injectedLateMs: 2,
  revertedLateMs: 1,
  bit: true,
  sightings: [],
  server: null,
}
const toxics: Extract<ServerEvidence, { from: 'toxics' }> = {
  from: 'toxics',
  bittenConnections: 38,
  probeConnections: 1,
  chunks: 60,
  bytes: 20_000,
  delayedChunks: 0,
  slicedChunks: 0,
  answeredRequests: 0,
  droppedBytes: 12_345,
  cuts: 1,
  firstBiteAtMs: 3013.2,
}

it.each<[string, Partial<FaultEvidence>]>([
  ['by its probe', {}],
  ['not by its probe', { bit: false }],
  [
    'by its probe and by Toxiproxy: 37 connections, first after 3 ms, 12.3 kB dropped, 1 stream cut',
    { server: toxics },
  ],
  [
    'not by its probe but by Toxiproxy: 1 connection, first after 0 ms, 2 chunks delayed, 1 chunk sliced, 3 requests answered, 999 B dropped',
    {
      bit: false,
      server: {
        ...toxics,
        bittenConnections: 1,
        probeConnections: 0,
        delayedChunks: 2,
        slicedChunks: 1,
        answeredRequests: 3,
        droppedBytes: 999,
        cuts: 0,
        firstBiteAtMs: 3009,
      },
    },
  ],
  [
    "by its probe; by Toxiproxy it bit no connection but the probe's own",
    { server: { ...toxics, bittenConnections: 1 } },
  ],
  [
    'by its probe; by Toxiproxy it bit no connection',
    { server: { ...toxics, bittenConnections: 0, probeConnections: 0 } },
  ],
  [
    "by its probe; by Toxiproxy's metrics 12 kB came to the link, 800 B went on",
    { server: { from: 'metrics', receivedBytes: 12_000, sentBytes: 800 } },
  ],
])('%s', (words, differing) => expect(seenInWords({ ...fault, ...differing })).toBe(words))

it.each([
  [100, ', n 128, n_eff 100'],
  [61.4, ', n 128, n_eff 61'],
  [120, ', n 128'],
  [undefined, ', n 128'],
])('evidence worth %s of 128 visits ends with "%s"', (effective, end) => {
  const words = evidenceInWords({
    n: 128,
    ...(effective !== undefined && { effective }),
    unit: 'share',
    estimate: 0.98,
    interval: [0.9, 0.99],
    threshold: 0.95,
    good: 'at least',
    smallestDetectable: 0.03,
  })
  expect(words).toBe(`98 % [90 % … 99 %]${end}`)
})
