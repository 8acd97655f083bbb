import {
  arrivals,
  defineScenario,
  invariant,
  measure,
  never,
  successRate,
  timeTo,
  truncate,
} from '../harness/index.ts'
import { citizenGuards, citizens, doorsShut } from './citizens.ts'
import { damaged } from './journeys/agency-sends-document.ts'
import { agencySendsDocument, forgerOfDocuments } from './journeys/index.ts'
import { administrativeNetwork } from './system.ts'

/** Where somebody compares what came with what was sent. */
const verified = { measure: 'verified-exchange' }

/**
 * The government's document network was among what had to be checked after the outage (S2); that its link breaks off after
 * so many bytes is what F11 puts to it. Short documents pass, long ones arrive in part, and an exchange that takes what it
 * has for what was sent acknowledges a part. † ours: the day, the limit, the lengths. Time is scaled: a minute is a second.
 */
export const truncatedDocuments = defineScenario({
  name: 'truncated-documents',
  title: 'F11 — documents between agencies break off on their way',
  facts: ['S2', 'F11'],
  system: administrativeNetwork,
  knobs: {
    documents: { type: 'rate', default: '16/s', describe: 'documents that one agency sends the other' },
    limit: { type: 'number', default: 8000, describe: 'bytes after which each connection breaks off' },
  },
  build: ({ documents, limit }) => ({
    services: ['exchange-ministry', 'exchange-district'],
    load: [
      arrivals(agencySendsDocument, documents),
      arrivals(forgerOfDocuments, '2/s', { process: 'regular' }),
      citizens,
    ],
    acts: [
      { name: 'before', lasts: '3s' },
      {
        name: 'breaks off',
        lasts: '7s',
        faults: [truncate('exchange-ministry→exchange-district', limit)],
        hypothesis: [
          successRate(agencySendsDocument, {
            atLeast: 0.95,
            during: 'breaks off',
            title: 'documents arrive as they were sent while connections break off: success ≥ 95 %',
            source: 'F11: delivered; the share † ours',
          }),
        ],
      },
      { name: 'mended', lasts: '4s' },
    ],
    measures: [measure('verified-exchange')],
    hypothesis: [
      timeTo('document.incomplete', {
        of: 'injected',
        within: '2s',
        measure: 'verified-exchange',
        title: 'the first document that is not whole is noticed ≤ 2 s after connections break off',
        source: '† ours: several long documents are sent each second',
      }),
      never(agencySendsDocument, {
        outcome: damaged,
        where: verified,
        atLeast: { arrived: 60 },
        title: 'no agency opens a document that is not what was sent',
        source: 'F11: byte for byte',
        sabotages: ['acknowledges-unverified'],
      }),
      invariant('documents are kept as they were sent, once, in the order of their case', {
        where: verified,
        atLeast: 60,
        source: 'F11: stored = sent byte for byte and once, none acknowledged and missing; order per case',
        sabotages: ['acknowledges-unverified', 'acknowledges-unkept', 'stores-twice', 'overtakes'],
      }),
      never(forgerOfDocuments, {
        outcome: 'let-in',
        atLeast: { refused: 10 },
        title: 'nothing is taken that the other agency did not sign',
        source: 'F11: the sender’s signature',
        sabotages: ['ignores-sender'],
      }),
      doorsShut('doors of the document exchanges are shut to others', 18),
      ...citizenGuards,
    ],
  }),
})
