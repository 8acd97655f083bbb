import { defineToxic } from './toxic.ts'

/** Passes everything on. Also what stands in for a toxic that its toxicity spares a connection. */
export const noop = defineToxic({
  type: 'noop',
  attributes: {},
  start: (outlet) => ({
    take(chunk) {
      outlet.pass(chunk)
      return true
    },
  }),
})
