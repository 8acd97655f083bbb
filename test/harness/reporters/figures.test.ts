import { expect, it } from 'vitest'
import type { Evidence } from '../../../harness/model/check.ts'
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
    "by its probe; by Toxiproxy's metrics 12.3 MB came to the link, 2346 MB went on",
    { server: { from: 'metrics', receivedBytes: 12_345_678, sentBytes: 2_345_678_901 } },
  ],
  [
    "by its probe; by Toxiproxy's metrics 12 kB came to the link, 800 B went on",
    { server: { from: 'metrics', receivedBytes: 12_000, sentBytes: 800 } },
  ],
])('%s', (words, differing) => expect(seenInWords({ ...fault, ...differing })).toBe(words))

const share: Evidence = {
  n: 128,
  unit: 'share',
  estimate: 0.98,
  interval: [0.9, 0.99],
  threshold: 0.95,
  good: 'at least',
  smallestDetectable: 0.03,
}
const counted: Evidence = { ...share, n: 161, unit: 'count', estimate: 0, interval: [0, 0], threshold: 0 }

it.each([
  [100, ', n 128, n_eff 100'],
  [61.4, ', n 128, n_eff 61'],
  [120, ', n 128'],
  [undefined, ', n 128'],
])('evidence worth %s of 128 visits ends with "%s"', (effective, end) => {
  const evidence = { ...share, ...(effective !== undefined && { effective }) }
  expect(evidenceInWords({ evidence, said: 'the sentence' })).toBe(`98 % [90 % … 99 %]${end}`)
})

it.each<[string, Evidence | null]>([
  ['the sentence', null],
  ['the sentence', { ...share, estimate: null }],
  ['the sentence', counted],
  ['the sentence', { ...counted, estimate: 3, interval: [3, 3] }],
  ['1.87 s', { ...share, n: 1, unit: 'ms', estimate: 1870, interval: [1870, 1870] }],
  ['150 ms, n 20', { ...share, n: 20, unit: 'ms', estimate: 150, interval: null }],
  ['2 s [1 s … ?], n 20', { ...share, n: 20, unit: 'ms', estimate: 2000, interval: [1000, null] }],
  ['12.3/s, n 20', { ...share, n: 20, unit: 'per second', estimate: 12.34, interval: null }],
  ['123,457/s, n 20', { ...share, n: 20, unit: 'per second', estimate: 123_456.7, interval: null }],
])('evidence in words: %s', (words, evidence) =>
  expect(evidenceInWords({ evidence, said: 'the sentence' })).toBe(words),
)
