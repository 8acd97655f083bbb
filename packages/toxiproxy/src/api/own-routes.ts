import type { Evidence } from '../evidence.ts'
import type { Proxies } from '../proxies.ts'
import type { ToxicTypes } from '../toxic-chain.ts'
import { changeTogether } from './changes.ts'
import { streamEvents } from './event-stream.ts'
import { json, shownProxy } from './reply.ts'
import type { Route } from './route.ts'

/** What upstream has nothing like: changes made together, and what the toxics have done, as it stands and happens. */
export function ownRoutes(proxies: Proxies, types: ToxicTypes, evidence: Evidence): readonly Route[] {
  return [
    {
      methods: ['POST'],
      path: /^\/toxics$/,
      handle: ({ body }) => json(200, { proxies: changeTogether(proxies, types, body()).map(shownProxy) }),
    },
    {
      methods: ['GET'],
      path: /^\/connections$/,
      handle: () =>
        json(200, {
          connections: proxies
            .list()
            .flatMap((proxy) => [...proxy.connections()])
            .flatMap((connection) => connection.report() ?? []),
          toxics: proxies.list().flatMap((proxy) => proxy.toxicReports()),
        }),
    },
    {
      methods: ['GET'],
      path: /^\/events$/,
      handle:
        ({ query }) =>
        (response) =>
          streamEvents(evidence, query.getAll('event'), response),
    },
  ]
}
