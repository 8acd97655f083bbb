/** Government24 in every scenario: citizens who get their own document, few enough that nobody else waits for them. */
import { accounted, arrivals, invariant, never } from '../harness/index.ts'
import { anothersGiven, waysToAnothers } from './journeys/citizen-asks-for-anothers.ts'
import { anothersDocument } from './journeys/documents.ts'
import { citizenAsksForAnothers, citizenUsesGov24 } from './journeys/index.ts'

/** Arrivals of citizens on an ordinary day, as regular as a clock, so that every act has its share. */
export const citizens = arrivals(citizenUsesGov24, '3/s', { process: 'regular' })

/** And of those who want to see a neighbour's entry. */
export const curiousCitizens = arrivals(citizenAsksForAnothers, '1/s', { process: 'regular' })

/** Where nothing is wrong: an outage of Saeol is one of the portal. */
const goodDay = { fault: false }

/** What holds for citizens whatever else is out of order. */
export const citizenGuards = [
  never(citizenUsesGov24, {
    outcome: anothersDocument,
    atLeast: { issued: 30 },
    minimumWhere: goodDay,
    source: 'F15: requester and subject are the same on each document',
    title: 'no citizen is given a document about somebody else',
    sabotages: ['swapped-answers'],
  }),
  accounted(citizenUsesGov24, {
    outcome: 'issued',
    by: 'applications received',
    source: 'ledger invariant 1: nothing lost, of what came by the portal either',
    sabotages: ['forgets-applications'],
  }),
]

/** What only systems and operators may ask is asked by somebody else, past the links. @param atLeast tries */
export function doorsShut(invariantName: string, atLeast: number) {
  return invariant(invariantName, {
    atLeast,
    source: '† ours: inside is no reason to be let in',
    sabotages: ['open-admin'],
  })
}

/** What holds against curious citizens, and inside the network. */
export const portalGuards = [
  never(citizenAsksForAnothers, {
    id: 'never:citizen-asks-for-anothers',
    title: 'no citizen is given the entry of a neighbour, and each is refused for what is wrong',
    minimumWhere: goodDay,
    outcome: anothersGiven,
    atLeast: Object.fromEntries(waysToAnothers.map((name) => [`refused-${name}`, 2])),
    source: 'F15: requester and subject are the same on each document',
    sabotages: [
      'anybodys-entry',
      'open-portal',
      'accepts-any-approval',
      'ignores-audience-of-approval',
      'replayed-approval',
    ],
  }),
  invariant('citizens look up nobody but themselves', {
    minimumWhere: goodDay,
    atLeast: 15,
    source: 'F15, as the register has it',
    sabotages: ['anybodys-entry'],
  }),
  invariant('every look-up is on record', {
    atLeast: 50,
    source: '† ours: who looked up whom',
    sabotages: ['unlogged-look-ups'],
  }),
  doorsShut('doors for systems and operators are shut to others', 24),
]
